using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Core.Context;
using Parley.Server.Accounts;
using Parley.Server.Context;
using Parley.Server.Hosting;
using Parley.Server.Live;
using Parley.Server.Turns;

namespace Parley.Server.Hosts;

/// <summary>The route by which a machine learns at once that what it may use has changed, also in the middle of a turn.</summary>
internal static class HostContextApi
{
    public static void MapHostContext(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/runner/turns/{turnId}/context", FindAsync).For(Audience.Runners).WithTags("Runners").AddEndpointFilter<HostDoor>()
            .WithSummary("What is shared with the agent now, as soon as that is another version than the known one").ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<SharedContext>, ProblemHttpResult>> FindAsync(
        string turnId, string? known, int? wait, HttpContext http, TurnRuns runs, ContextStore store, Wakes wakes, TimeProvider clock, IHostApplicationLifetime lifetime,
        CancellationToken cancel)
    {
        string lease = http.Request.Headers[RunnerApi.LeaseHeader].ToString();
        if (await runs.FindHeldAsync(turnId, lease, cancel) is not { } turn)
            return Problems.Conflict(RunnerApi.LostText);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel, lifetime.ApplicationStopping);
        SharedContext context = await wakes.WaitForAsync(
            turn.SessionId, Wake.Room, TimeSpan.FromSeconds(Math.Clamp(wait ?? 0, 0, RunnerApi.MaxWait)), clock,
            async () => SharedContext.Of(await store.ListAsync(turn.SessionId, CancellationToken.None)), seen => seen.Version != known, end.Token);
        return TypedResults.Ok(context);
    }
}

/// <param name="Version">Another one whenever anything of it is another.</param>
/// <param name="Resources">Folders and memory that the agent may use now.</param>
public sealed record SharedContext(string Version, IReadOnlyList<ContextView> Resources)
{
    internal static SharedContext Of(IEnumerable<ContextResource> all)
    {
        ContextResource[] shared = [.. all.Where(resource => resource is { Permission: > ContextPermission.Private, IsComplete: true, Kind: not ContextKind.Mcp })];
        string version = string.Join(' ', shared.Select(resource => $"{resource.Id}:{resource.Snapshot}").Order(StringComparer.Ordinal));
        return new SharedContext(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(version)))[..16], [.. shared.Select(ContextView.Of)]);
    }
}
