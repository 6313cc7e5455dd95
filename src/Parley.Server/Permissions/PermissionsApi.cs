using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Hosting;
using Parley.Server.Sessions;

namespace Parley.Server.Permissions;

/// <summary>The routes by which members see what the agent asks for, and by which those who may decide do (docs/host.md).</summary>
public static class PermissionsApi
{
    public static void AddPermissions(this IServiceCollection services) =>
        services.AddSingleton<PermissionStore>().AddSingleton<PermissionRequests>().AddSingleton<Approvers>();

    public static void MapPermissions(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder one = app.MapGroup("/api/sessions/{id}").For(Audience.Accounts).WithTags("Workspaces").LimitRequests().LimitMisses()
            .ProducesProblem(StatusCodes.Status404NotFound);
        one.MapGet("/permissions", ListAsync).WithSummary("What the agent asks for and nobody has decided on yet");
        RouteGroupBuilder decisions = one.MapGroup("/permissions/{permissionId}").ProducesProblem(StatusCodes.Status409Conflict);
        decisions.MapPost("/allow", AllowAsync).WithSummary("Lets the agent do what it asks for, once");
        decisions.MapPost("/deny", DenyAsync).WithSummary("Refuses what the agent asks for");
        one.MapPut("/approvers/{accountId:long}", MakeApproverAsync).WithSummary("Lets a member decide on what the agent asks for");
        one.MapDelete("/approvers/{accountId:long}", EndApproverAsync).WithSummary("Lets a member no longer decide on what the agent asks for");
        app.MapRunnerPermissions();
    }

    private static async Task<Results<Ok<PermissionList>, ProblemHttpResult>> ListAsync(
        string id, HttpContext http, SessionAccess access, PermissionStore store, TimeProvider clock, CancellationToken cancel) =>
        await access.FindAsync(id, http.Caller(), SessionAction.Meet, cancel) is null
            ? Problems.NoSession()
            : TypedResults.Ok(new PermissionList([.. (await store.WaitingAsync(id, clock.GetUtcNow(), cancel)).Select(PermissionView.Of)]));

    private static Task<Results<Ok<Decision>, ProblemHttpResult>> AllowAsync(
        string id, string permissionId, HttpContext http, SessionAccess access, PermissionRequests requests, CancellationToken cancel) =>
        DecideAsync(id, permissionId, true, http, access, requests, cancel);

    private static Task<Results<Ok<Decision>, ProblemHttpResult>> DenyAsync(
        string id, string permissionId, HttpContext http, SessionAccess access, PermissionRequests requests, CancellationToken cancel) =>
        DecideAsync(id, permissionId, false, http, access, requests, cancel);

    internal static async Task<Results<Ok<Decision>, ProblemHttpResult>> DecideAsync(
        string id, string permissionId, bool isAllowed, HttpContext http, SessionAccess access, PermissionRequests requests, CancellationToken cancel)
    {
        if (await access.FindAsync(id, http.Caller(), SessionAction.Approve, cancel) is null)
            return Problems.NoSession();
        return await requests.DecideAsync(id, permissionId, http.AccountId(), isAllowed, CancellationToken.None) switch
        {
            null => Problems.NotFound("There is no such request."),
            var state when state == (isAllowed ? PermissionState.Allowed : PermissionState.Denied) => TypedResults.Ok(new Decision(PermissionStates.Name(state.Value))),
            var state => Problems.Conflict($"That can't be decided any more: it is {PermissionStates.Name(state.Value)}."),
        };
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> MakeApproverAsync(
        string id, long accountId, HttpContext http, SessionAccess access, Approvers approvers, CancellationToken cancel) =>
        await SetApproverAsync(id, accountId, true, http, access, approvers, cancel);

    private static async Task<Results<NoContent, ProblemHttpResult>> EndApproverAsync(
        string id, long accountId, HttpContext http, SessionAccess access, Approvers approvers, CancellationToken cancel) =>
        await SetApproverAsync(id, accountId, false, http, access, approvers, cancel);

    internal static async Task<Results<NoContent, ProblemHttpResult>> SetApproverAsync(
        string id, long accountId, bool mayApprove, HttpContext http, SessionAccess access, Approvers approvers, CancellationToken cancel)
    {
        if (await access.FindAsync(id, http.Caller(), SessionAction.Share, cancel) is null)
            return Problems.NoSession();
        return await approvers.SetAsync(id, accountId, mayApprove, http.AccountId(), CancellationToken.None)
            ? TypedResults.NoContent()
            : Problems.NotFound("There is no such member.");
    }
}

/// <param name="Permissions">In the order in which they were asked.</param>
public sealed record PermissionList(IReadOnlyList<PermissionView> Permissions);

/// <summary>A request as people see it: all of what would run, and nothing that could make it look like something else.</summary>
/// <param name="PermissionId">By which it is decided on.</param>
/// <param name="TurnId">The turn that it is asked in.</param>
/// <param name="Prompter">Whose prompt that is.</param>
/// <param name="Tool">The tool that would run.</param>
/// <param name="Lines">Its input, a line each.</param>
/// <param name="AskedAt">When it was asked.</param>
/// <param name="ExpiresAt">From when on nobody can allow it.</param>
public sealed record PermissionView(
    string PermissionId, string TurnId, string Prompter, string Tool, IReadOnlyList<string> Lines, DateTimeOffset AskedAt, DateTimeOffset ExpiresAt)
{
    internal static PermissionView Of(PermissionRequest request) => new(
        request.Id, request.TurnId, request.Prompter.Name, request.Card.Tool, request.Card.Lines, request.AskedAt, request.ExpiresAt);
}

/// <param name="State"><c>allowed</c> or <c>denied</c>.</param>
public sealed record Decision(string State);
