using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Server.Accounts;
using Parley.Server.Hosting;
using Parley.Server.Hosts;
using Parley.Server.Live;
using Parley.Server.Sessions;

namespace Parley.Server.Turns;

/// <summary>
/// The wire of runners, on this machine or another one (docs/turns.md): they take a turn, show what is being written, append, use the shared context
/// and end the turn. Every route after the first names the lease in the header <see cref="LeaseHeader"/>; who has lost it gets 409 and stops.
/// </summary>
public static class RunnerApi
{
    public const string LeaseHeader = "Parley-Lease";

    /// <summary>The longest name of a runner.</summary>
    public const int MaxName = 100;

    /// <summary>For how long a runner may ask to wait, in seconds: shorter than what makes it count as away, and than a lease.</summary>
    public const int MaxWait = 20;

    internal const string LostText = "This runner does not hold the turn, or not any more: it stops, and takes another one.";

    private const int MaxStatus = 300;

    public static void MapRunners(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder runner = app.MapGroup("/api/runner").For(Audience.Runners).WithTags("Runners").ProducesProblem(StatusCodes.Status400BadRequest)
            .AddEndpointFilter<RouteGroupBuilder, HostDoor>();
        runner.MapPost("/take", TakeAsync).WithSummary("Takes the turn that has waited longest; 204 when none comes within the time that is waited");
        runner.MapPost("/leave", LeaveAsync).WithSummary("Says that a runner is gone");

        RouteGroupBuilder turn = runner.MapGroup("/turns/{turnId}").ProducesProblem(StatusCodes.Status409Conflict);
        turn.MapGet("/entries", EntriesAsync).WithSummary("The conversation from its last compaction on, a JSON object on each line").WithMetadata(new StreamedEndpoint());
        turn.MapPost("/renew", RenewAsync).WithSummary("Renews the lease, and waits until somebody interrupts the turn");
        turn.MapPost("/deltas", SayAsync).WithSummary("Shows text of the answer that is being written");
        turn.MapPost("/status", StatusAsync).WithSummary("Says what the turn waits for");
        turn.MapPost("/tools", CallAsync).WithSummary("Uses the context that is shared with the agent, in the name of the prompt's author");
        turn.MapPost("/steps", AppendAsync).WithSummary("Appends a step of the answer").ProducesProblem(StatusCodes.Status413PayloadTooLarge);
        turn.MapPost("/finish", FinishAsync).WithSummary("Ends the turn").ProducesProblem(StatusCodes.Status413PayloadTooLarge);
        turn.MapPost("/give-back", GiveBackAsync).WithSummary("Lets another runner go on with the turn");
    }

    private static async Task<Results<Ok<RunnerTurn>, NoContent, ProblemHttpResult>> TakeAsync(
        TakeRequest? request, HttpContext http, RunnerDesk desk, CancellationToken cancel)
    {
        if (request is not { Runner: { Length: > 0 and <= MaxName } runner, Free: > 0 and <= 1000, Wait: >= 0 and <= MaxWait })
            return Problems.BadRequest($"The body is {{\"runner\":\"a name\",\"free\":1,\"wait\":{MaxWait}}}: how many turns it would take, and how many seconds it waits.");
        TimeSpan wait = TimeSpan.FromSeconds(request.Wait);
        return await (http.PresentedHost() is { } host ? desk.TakeAsync(host, wait, cancel) : desk.TakeAsync(Field.Clean(runner), request.Free, wait, cancel)) is { } turn
            ? TypedResults.Ok(turn)
            : TypedResults.NoContent();
    }

    private static async Task<NoContent> LeaveAsync(LeaveRequest request, HttpContext http, RunnerDesk desk, WorkspaceHosts hosts)
    {
        if (http.PresentedHost() is { } host)
            await hosts.LeaveAsync(host, CancellationToken.None);
        else
            await desk.LeaveAsync(request.Runner ?? "");
        return TypedResults.NoContent();
    }

    private static async Task<Results<ConversationStream, ProblemHttpResult>> EntriesAsync(
        string turnId, HttpContext http, TurnRuns runs, ConversationLog log, CancellationToken cancel) =>
        await runs.FindHeldAsync(turnId, Lease(http), cancel) is { } turn
            ? new ConversationStream(log, turn.SessionId)
            : Lost();

    private static async Task<Results<Ok<Renewal>, ProblemHttpResult>> RenewAsync(
        string turnId, int? wait, HttpContext http, RunnerDesk desk, CancellationToken cancel) =>
        await desk.RenewAsync(turnId, Lease(http), TimeSpan.FromSeconds(Math.Clamp(wait ?? 0, 0, MaxWait)), cancel) is { } turn
            ? TypedResults.Ok(new Renewal(turn.Turn.IsStopping))
            : Lost();

    private static async Task<Results<NoContent, ProblemHttpResult>> SayAsync(
        string turnId, Delta? delta, HttpContext http, TurnRuns runs, Driving driving, CancellationToken cancel)
    {
        if (delta?.Text is not { Length: <= DriverApi.MaxDelta } text)
            return Problems.BadRequest($"The body is {{\"text\":\"…\"}}, at most {DriverApi.MaxDelta} characters.");
        if (await runs.FindHeldAsync(turnId, Lease(http), cancel) is not { } turn)
            return Lost();
        await driving.SayAsync(turn.SessionId, text, cancel);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> StatusAsync(
        string turnId, RunnerStatus? status, HttpContext http, TurnRuns runs)
    {
        if (status?.Text is { Length: > MaxStatus })
            return Problems.BadRequest($"The body is {{\"text\":\"…\"}}, at most {MaxStatus} characters, or null for nothing any more.");
        return await runs.SayStatusAsync(turnId, Lease(http), Field.CleanOrNull(status?.Text), CancellationToken.None) ? TypedResults.NoContent() : Lost();
    }

    private static async Task<Results<Ok<ToolReceipt>, ProblemHttpResult>> CallAsync(
        string turnId, HttpContext http, TurnRuns runs, TurnTools tools, Limits limits, CancellationToken cancel)
    {
        byte[] body = await RequestBody.ReadAsync(http, limits.EntryBytes, cancel);
        if (ToolRequest.Read(body) is not { } request)
            return Problems.BadRequest("The body is {\"name\":\"…\",\"input\":{…}}.");
        return await runs.FindHeldAsync(turnId, Lease(http), cancel) is { } turn
            ? TypedResults.Ok(await tools.CallAsync(turn, request, cancel))
            : Lost();
    }

    private static async Task<Results<Ok<StepReceipt>, ProblemHttpResult>> AppendAsync(
        string turnId, HttpContext http, TurnRuns runs, Limits limits, CancellationToken cancel)
    {
        StepRequest request = StepRequest.Read(await RequestBody.ReadAsync(http, limits.EntryBytes, cancel));
        return request.Step.Entries.Count == 0
            ? Problems.BadRequest("A step has entries.")
            : Receipt(await runs.AppendAsync(turnId, Lease(http), request.Step, CancellationToken.None));
    }

    private static async Task<Results<Ok<StepReceipt>, ProblemHttpResult>> FinishAsync(
        string turnId, HttpContext http, TurnRuns runs, Limits limits, CancellationToken cancel)
    {
        StepRequest request = StepRequest.Read(await RequestBody.ReadAsync(http, limits.EntryBytes, cancel));
        return request.Outcome is not { } outcome
            ? Problems.BadRequest("outcome is answered, failed or interrupted.")
            : Receipt(await runs.FinishAsync(turnId, Lease(http), request.Step, outcome, Field.CleanOrNull(request.Reason), CancellationToken.None));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> GiveBackAsync(string turnId, HttpContext http, TurnRuns runs) =>
        await runs.GiveBackAsync(turnId, Lease(http), CancellationToken.None) ? TypedResults.NoContent() : Lost();

    private static string Lease(HttpContext http) => http.Request.Headers[LeaseHeader].ToString();

    private static Results<Ok<StepReceipt>, ProblemHttpResult> Receipt(StepAnswer answer) =>
        answer.IsHeld ? TypedResults.Ok(new StepReceipt(answer.Agent!.IsSpent)) : Lost();

    private static ProblemHttpResult Lost() => Problems.Conflict(LostText);
}

/// <param name="Runner">A name of its own.</param>
/// <param name="Free">How many turns it would take now.</param>
/// <param name="Wait">For how many seconds it waits for one.</param>
public sealed record TakeRequest(string? Runner, int Free, int Wait);

public sealed record LeaveRequest(string? Runner);

/// <param name="Text">What the turn waits for; null for nothing any more.</param>
public sealed record RunnerStatus(string? Text);

/// <param name="Interrupted">Whether somebody asks for the turn's end.</param>
public sealed record Renewal(bool Interrupted);

/// <param name="BudgetSpent">Whether the workspace's budget is spent: the runner makes no further call of the model.</param>
public sealed record StepReceipt(bool BudgetSpent);

/// <summary>A turn as its runner gets it.</summary>
/// <param name="TurnId">By which its routes name it.</param>
/// <param name="Lease">For the header of those routes.</param>
/// <param name="LeaseSeconds">For how long it holds without being renewed.</param>
/// <param name="SessionId">The workspace.</param>
/// <param name="Title">The workspace's title.</param>
/// <param name="Project">The project that it is about.</param>
/// <param name="PromptSeq">The seq of the prompt; what stands after it is the turn's own or was said meanwhile.</param>
/// <param name="Step">How many steps its runners have appended so far: the next one is one more.</param>
/// <param name="Attempt">How many runners have had it, from 1.</param>
/// <param name="Model">Which model answers.</param>
/// <param name="Prompter">The prompt's author.</param>
/// <param name="People">Who is in the workspace, the owner first.</param>
/// <param name="Tools">What the agent may use, as the Messages API takes it.</param>
/// <param name="Mark">Eight characters that stay the same for a workspace and that its people don't know: what is quoted to the model is marked with them.</param>
public sealed record RunnerTurn(
    string TurnId,
    string Lease,
    int LeaseSeconds,
    string SessionId,
    string Title,
    string Project,
    long PromptSeq,
    long Step,
    int Attempt,
    string Model,
    string Prompter,
    IReadOnlyList<RunnerPerson> People,
    IReadOnlyList<RunnerTool> Tools,
    string Mark);

public sealed record RunnerPerson(string Name, string Role);

public sealed record RunnerTool(string Name, string Description, JsonElement InputSchema);

/// <param name="Text">What the tool answers: data, whatever it looks like.</param>
/// <param name="IsError">Whether it says why there is no answer.</param>
public sealed record ToolReceipt(string Text, bool IsError);
