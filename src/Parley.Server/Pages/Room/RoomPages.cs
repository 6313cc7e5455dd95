using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Hosting;
using Parley.Server.Notices;
using Parley.Server.Permissions;
using Parley.Server.Room;
using Parley.Server.Sessions;
using Parley.Server.Turns;

namespace Parley.Server.Pages.Room;

/// <summary>The page on which people and the agent talk, and the forms on it for whoever has no script. Mere readers get the session's page in its place.</summary>
public static class RoomPages
{
    public static void MapRoomPages(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder forms = app.MapGroup("/c/{id}").For(Audience.Accounts).LimitRequests().LimitMisses().ExcludeFromDescription();
        forms.MapPost("/say", SayAsync);
        forms.MapPost("/prompts/{turnId}/{act}", DecideAsync);
        forms.MapPost("/interrupt", InterruptAsync);
        forms.MapPost("/permissions/{permissionId}/{act}", ApproveAsync);
    }

    /// <summary>Whether the address is a room's.</summary>
    public static bool IsRoom(HttpContext http) => http.Request.Path.StartsWithSegments("/c");

    /// <summary>Sends the room, with what was wrong with what its reader sent.</summary>
    internal static async Task SendAsync(HttpContext http, OpenedPage opened, MemberRole role, string? problem = null, string? draft = null)
    {
        IServiceProvider services = http.RequestServices;
        (SessionRecord session, PageAddress address, _) = opened;
        CancellationToken cancel = http.RequestAborted;
        if (await services.GetRequiredService<RoomStates>().ReadAsync(session.Id, cancel) is not { } state)
        {
            await PageResponse.NotForStrangersAsync(http);
            return;
        }
        long me = http.AccountId();
        await services.GetRequiredService<MissedMail>().CameAsync(session.Id, me, cancel);
        long? seen = await services.GetRequiredService<Visits>().SeenAsync(session.Id, me, cancel);
        Participant participant = state.People.FirstOrDefault(p => p.Id == me) ?? Participant.Of(me, "You", MemberRoles.Name(role), true, role == MemberRole.Owner);
        var view = new RoomView(state, participant, role, seen, problem, draft);
        var window = SessionWindow.Of(http.Request.Query, session.LastSeq, goesOn: true);
        PageResponse.LetFormsTellTheirOrigin(http.Response);
        await PageResponse.SendAsync(http, await services.GetRequiredService<SessionPages>().RoomAsync(session, window, address, view, cancel));
    }

    private static async Task SayAsync(string id, HttpContext http, SessionAccess access, Notes notes, Prompting prompting, TurnTools tools, TimeProvider clock)
    {
        IFormCollection form = await http.FormAsync();
        string text = form["text"].ToString();
        CancellationToken cancel = http.RequestAborted;
        if (form["as"] == "prompt" || Mentions.CallsAgent(text))
            await AnswerAsync(http, text, (await PromptsApi.PromptAsync(id, new PromptRequest(text, form["clientId"]), http, access, prompting, tools, clock, cancel)).Result);
        else
            await AnswerAsync(http, text, (await RoomApi.SayAsync(id, new NoteRequest(text, form["clientId"]), http, access, notes, cancel)).Result);
    }

    private static async Task DecideAsync(string id, string turnId, string act, HttpContext http, SessionAccess access, Prompting prompting)
    {
        CancellationToken cancel = http.RequestAborted;
        var edits = new Acceptance(long.TryParse((await http.FormAsync())["edits"], NumberStyles.None, CultureInfo.InvariantCulture, out long seen) ? seen : null);
        await AnswerAsync(http, null, act switch
        {
            "accept" => (await PromptsApi.AcceptAsync(id, turnId, edits, http, access, prompting, cancel)).Result,
            "decline" => (await PromptsApi.DeclineAsync(id, turnId, http, access, prompting, cancel)).Result,
            "withdraw" => (await PromptsApi.WithdrawAsync(id, turnId, http, access, prompting, cancel)).Result,
            _ => Problems.NotFound("There is no such thing to do with a prompt."),
        });
    }

    private static async Task InterruptAsync(string id, HttpContext http, SessionAccess access, Prompting prompting) =>
        await AnswerAsync(http, null, (await PromptsApi.InterruptAsync(id, http, access, prompting, http.RequestAborted)).Result);

    private static async Task ApproveAsync(string id, string permissionId, string act, HttpContext http, SessionAccess access, PermissionRequests requests) =>
        await AnswerAsync(http, null, (await PermissionsApi.DecideAsync(id, permissionId, act == "allow", http, access, requests, http.RequestAborted)).Result);

    // Back to the room, at its end; or the room with what was wrong, and nothing of what was written is lost.
    private static async Task AnswerAsync(HttpContext http, string? draft, IResult answer)
    {
        if (answer is not ProblemHttpResult problem)
        {
            http.SeeOther($"{PageResponse.Address(http).OfWorkspace((string)http.GetRouteValue("id")!)}#end");
            return;
        }
        if (await http.RequestServices.GetRequiredService<PageDoor>().OpenAsync(http) is not { Role: { } role } opened)
        {
            await PageResponse.NotForStrangersAsync(http);
            return;
        }
        http.Response.StatusCode = problem.StatusCode;
        await SendAsync(http, opened, role, problem.ProblemDetails.Detail, draft);
    }
}
