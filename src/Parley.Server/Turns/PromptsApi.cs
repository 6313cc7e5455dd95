using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Core.Sessions;
using Parley.Core.Turns;
using Parley.Server.Accounts;
using Parley.Server.Hosting;
using Parley.Server.Sessions;

namespace Parley.Server.Turns;

/// <summary>The routes by which people prompt the agent of a workspace, and see and change what waits for it (docs/turns.md).</summary>
public static class PromptsApi
{
    /// <summary>The longest id that a browser gives to what it sends.</summary>
    public const int MaxClientId = 64;

    public static void MapPrompts(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder one = app.MapGroup("/api/sessions/{id}").For(Audience.Accounts).WithTags("Workspaces").LimitRequests().LimitMisses()
            .ProducesProblem(StatusCodes.Status404NotFound);
        one.MapGet("/turns", ListAsync).WithSummary("What waits for the agent, what runs, and whether anything answers");
        RouteGroupBuilder changes = one.MapGroup("").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        changes.MapPost("/prompts", PromptAsync).WithSummary("Prompts the agent, or suggests it; the same clientId again has no effect")
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        changes.MapPatch("/prompts/{turnId}", EditAsync).WithSummary("Gives a prompt of the caller's that waits other words");
        changes.MapDelete("/prompts/{turnId}", WithdrawAsync).WithSummary("Takes a prompt of the caller's that waits back");
        changes.MapPost("/prompts/{turnId}/accept", AcceptAsync).WithSummary("Puts what somebody suggests into the queue");
        changes.MapPost("/prompts/{turnId}/decline", DeclineAsync).WithSummary("Declines what somebody suggests");
        changes.MapPost("/interrupt", InterruptAsync).WithSummary("Stops the turn that runs");
    }

    private static async Task<Results<Ok<TurnList>, ProblemHttpResult>> ListAsync(
        string id, HttpContext http, SessionAccess access, TurnLists turns, CancellationToken cancel) =>
        await access.FindAsync(id, http.Caller(), SessionAction.Meet, cancel) is { } session
            ? TypedResults.Ok(await turns.OfAsync(session, cancel))
            : Problems.NoSession();

    internal static async Task<Results<Accepted<PromptReceipt>, ProblemHttpResult>> PromptAsync(
        string id, PromptRequest? request, HttpContext http, SessionAccess access, Prompting prompting, TurnTools tools, TimeProvider clock,
        CancellationToken cancel)
    {
        if (await access.AdmitAsync(id, http.Caller(), SessionAction.Suggest, cancel) is not { } admission)
            return Problems.NoSession();
        if (request is null || request.Problem is not null)
            return Problems.BadRequest(request?.Problem ?? PromptRequest.TextProblem(null)!);
        if (await tools.PlaceAsync(id, request.Prompt.Attachments, cancel) is not { } attachments)
            return Problems.BadRequest("Claude may not use a file that is attached (any more). Send it without that file.");
        bool mayPrompt = admission.Allows(SessionAction.Prompt, clock.GetUtcNow());
        PromptAnswer answer = await prompting.PromptAsync(id, http.AccountId(), mayPrompt, request.Prompt with { Attachments = attachments }, CancellationToken.None);
        return answer.Turn is { } turn
            ? TypedResults.Accepted((string?)null, new PromptReceipt(turn.Id, TurnStates.Name(turn.Turn.State)))
            : Problem(answer);
    }

    private static async Task<Results<Ok<PromptReceipt>, ProblemHttpResult>> EditAsync(
        string id, string turnId, PromptEdit? edit, HttpContext http, SessionAccess access, Prompting prompting, TimeProvider clock, CancellationToken cancel)
    {
        if (await access.AdmitAsync(id, http.Caller(), SessionAction.Suggest, cancel) is not { } admission)
            return Problems.NoSession();
        return PromptRequest.TextProblem(edit?.Text) is { } problem
            ? Problems.BadRequest(problem)
            : Answer(await prompting.EditAsync(id, turnId, http.AccountId(), admission.Allows(SessionAction.Prompt, clock.GetUtcNow()), edit!.Text!, CancellationToken.None));
    }

    internal static async Task<Results<NoContent, ProblemHttpResult>> WithdrawAsync(
        string id, string turnId, HttpContext http, SessionAccess access, Prompting prompting, CancellationToken cancel)
    {
        if (await access.FindAsync(id, http.Caller(), SessionAction.Meet, cancel) is null)
            return Problems.NoSession();
        PromptAnswer answer = await prompting.WithdrawAsync(id, turnId, http.AccountId(), CancellationToken.None);
        return answer.Turn is null ? Problem(answer) : TypedResults.NoContent();
    }

    internal static async Task<Results<Ok<PromptReceipt>, ProblemHttpResult>> AcceptAsync(
        string id, string turnId, Acceptance? what, HttpContext http, SessionAccess access, Prompting prompting, CancellationToken cancel) =>
        await access.FindAsync(id, http.Caller(), SessionAction.Prompt, cancel) is null
            ? Problems.NoSession()
            : Answer(await prompting.AcceptAsync(id, turnId, http.AccountId(), what?.Edits, CancellationToken.None));

    internal static async Task<Results<Ok<PromptReceipt>, ProblemHttpResult>> DeclineAsync(
        string id, string turnId, HttpContext http, SessionAccess access, Prompting prompting, CancellationToken cancel) =>
        await access.FindAsync(id, http.Caller(), SessionAction.Prompt, cancel) is null
            ? Problems.NoSession()
            : Answer(await prompting.DeclineAsync(id, turnId, http.AccountId(), CancellationToken.None));

    internal static async Task<Results<Ok<PromptReceipt>, ProblemHttpResult>> InterruptAsync(
        string id, HttpContext http, SessionAccess access, Prompting prompting, CancellationToken cancel) =>
        await access.FindAsync(id, http.Caller(), SessionAction.Prompt, cancel) is null
            ? Problems.NoSession()
            : Answer(await prompting.InterruptAsync(id, http.AccountId(), CancellationToken.None));

    private static Results<Ok<PromptReceipt>, ProblemHttpResult> Answer(PromptAnswer answer) =>
        answer.Turn is { } turn ? TypedResults.Ok(new PromptReceipt(turn.Id, TurnStates.Name(turn.Turn.State))) : Problem(answer);

    private static ProblemHttpResult Problem(PromptAnswer answer) => answer.Outcome switch
    {
        PromptOutcome.Closed => Problems.Conflict("This session is no open workspace: there is no agent to prompt."),
        PromptOutcome.Full => Problems.TooMany($"{Prompting.MaxWaiting} prompts wait already: come again when the agent has answered some."),
        PromptOutcome.TooLate => Problems.Conflict("That can't be done any more: the prompt has gone on or was changed. Look at the queue again."),
        _ => Problems.NotFound("There is no such prompt."),
    };
}

/// <param name="Text">What is asked.</param>
/// <param name="ClientId">Chosen by the sender, one for each prompt: what is sent again with it is not a second prompt.</param>
/// <param name="Attachments">Files of the shared context that it is about.</param>
public sealed record PromptRequest(string? Text, string? ClientId, IReadOnlyList<AttachmentRequest>? Attachments = null)
{
    /// <summary>What is wrong with it; null when nothing is.</summary>
    internal string? Problem =>
        TextProblem(Text) ?? (ClientId is not { Length: > 0 and <= PromptsApi.MaxClientId } || ClientId.Contains('\0', StringComparison.Ordinal)
            ? $"clientId is 1 to {PromptsApi.MaxClientId} characters of the sender's choice, one for each prompt."
            : Attachments?.Count > Prompting.MaxAttachments || Attachments?.Any(a => a is not { ResourceId: { Length: > 0 }, Path: { Length: > 0 } }) == true
                ? $"attachments are at most {Prompting.MaxAttachments} objects {{\"resourceId\",\"path\"}}."
                : null);

    internal NewPrompt Prompt => new(Text!, ClientId!, [.. (Attachments ?? []).Select(a => new Attachment(a.ResourceId!, a.Path!))]);

    internal static string? TextProblem(string? text) => string.IsNullOrWhiteSpace(text) || text.Length > Prompting.MaxText
        ? $"The body is {{\"text\":\"…\"}} with at most {Prompting.MaxText} characters, and not blank."
        : null;
}

public sealed record AttachmentRequest(string? ResourceId, string? Path);

/// <param name="Text">What is asked instead.</param>
public sealed record PromptEdit(string? Text);

/// <param name="Edits">How often the suggestion that is accepted had been changed, as the queue told; when it was changed since, that is 409. Null for any.</param>
public sealed record Acceptance(long? Edits);

/// <param name="TurnId">By which the prompt is named from here on.</param>
/// <param name="State">What has become of it: <c>suggested</c>, <c>queued</c>, …</param>
public sealed record PromptReceipt(string TurnId, string State);
