using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Core.Headless;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Hosting;
using Parley.Server.Hosts;
using Parley.Server.Live;
using Parley.Server.Turns;

namespace Parley.Server.Permissions;

/// <summary>
/// The routes by which a runner asks for a permission (docs/host.md). It sends the input itself: the card is made of it here, so that no runner
/// shows people something else than it is asked about.
/// </summary>
internal static class RunnerPermissionsApi
{
    private const int MaxBodyBytes = 256 * 1024;

    public static void MapRunnerPermissions(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder turn = app.MapGroup("/api/runner/turns/{turnId}/permissions").For(Audience.Runners).WithTags("Runners")
            .AddEndpointFilter<RouteGroupBuilder, HostDoor>().ProducesProblem(StatusCodes.Status409Conflict);
        turn.MapPost("", AskAsync).Accepts<PermissionAsk>("application/json").ProducesProblem(StatusCodes.Status400BadRequest)
            .WithSummary("Asks whether the agent may use a tool, and waits for somebody to decide; the same requestId again waits on");
        turn.MapDelete("/{requestId}", WithdrawAsync).WithSummary("Asks no more");
    }

    private static async Task<Results<Ok<PermissionReply>, ProblemHttpResult>> AskAsync(
        string turnId, int? wait, HttpContext http, TurnRuns runs, PermissionRequests requests, TimeProvider clock, CancellationToken cancel)
    {
        if (Read(await RequestBody.ReadAsync(http, MaxBodyBytes, cancel)) is not { } asked)
            return Problems.BadRequest($"The body is {{\"requestId\":\"…\",\"tool\":\"…\",\"input\":{{…}}}}, the id at most {PermissionRequests.MaxClientId} characters.");
        if (await runs.FindHeldAsync(turnId, Lease(http), cancel) is not { } turn)
            return Problems.Conflict(RunnerApi.LostText);
        if (PermissionCard.Of(asked, out string? problem) is not { } card)
            return TypedResults.Ok(new PermissionReply("refused", Reason: problem));
        PermissionAnswer answer = await requests.OpenAsync(turn.SessionId, turnId, asked.RequestId, card, CancellationToken.None);
        if (answer.Request is not { } request)
            return TypedResults.Ok(new PermissionReply("refused", Reason: answer.Reason));
        PermissionRequest? seen = await requests.WaitAsync(request.Id, TimeSpan.FromSeconds(Math.Clamp(wait ?? 0, 0, RunnerApi.MaxWait)), cancel);
        return TypedResults.Ok(new PermissionReply(PermissionStates.Name(PermissionAnswer.Of(seen, clock.GetUtcNow()).State), seen?.DecidedBy));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> WithdrawAsync(
        string turnId, string requestId, HttpContext http, TurnRuns runs, PermissionRequests requests, CancellationToken cancel)
    {
        if (await runs.FindHeldAsync(turnId, Lease(http), cancel) is null)
            return Problems.Conflict(RunnerApi.LostText);
        await requests.WithdrawAsync(turnId, requestId, CancellationToken.None);
        return TypedResults.NoContent();
    }

    // The input as it was sent, to the byte: what it is read as decides what people see.
    private static PermissionAsked? Read(byte[] body)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = JsonText.MaxDepth });
            JsonElement root = json.RootElement;
            return root.GetProperty("requestId").GetString() is { Length: > 0 and <= PermissionRequests.MaxClientId } id && !id.Contains('\0', StringComparison.Ordinal)
                && root.GetProperty("tool").GetString() is { Length: > 0 } tool && root.GetProperty("input") is { ValueKind: JsonValueKind.Object } input
                ? new PermissionAsked(id, tool, System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(input).ToArray())
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    private static string Lease(HttpContext http) => http.Request.Headers[RunnerApi.LeaseHeader].ToString();
}

/// <param name="RequestId">The runner's own, one for each thing that is asked.</param>
/// <param name="Tool">The tool's name.</param>
/// <param name="Input">What it would be called with, an object.</param>
public sealed record PermissionAsk(string RequestId, string Tool, JsonElement Input);

/// <param name="State"><c>waiting</c>, <c>allowed</c>, <c>denied</c>, <c>expired</c>, <c>withdrawn</c>, or <c>refused</c> without anybody being asked.</param>
/// <param name="By">Who has decided.</param>
/// <param name="Reason">Why nobody was asked, for the agent.</param>
public sealed record PermissionReply(
    string State,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? By = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason = null);
