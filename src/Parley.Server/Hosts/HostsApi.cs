using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Hosting;
using Parley.Server.Sessions;

namespace Parley.Server.Hosts;

/// <summary>The routes by which an owner lets machines answer in a workspace, and ends that (docs/host.md).</summary>
public static class HostsApi
{
    /// <summary>The longest name of a machine.</summary>
    public const int MaxName = 100;

    public static void AddHosts(this IServiceCollection services) =>
        services.AddSingleton<HostStore>().AddSingleton<WorkspaceHosts>().AddHostedService<HostWatch>();

    public static void MapHosts(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder hosts = app.MapGroup("/api/sessions/{id}/runners").For(Audience.Accounts).WithTags("Runners").LimitRequests().LimitMisses()
            .ProducesProblem(StatusCodes.Status404NotFound);
        hosts.MapGet("", ListAsync).WithSummary("The machines that may answer in the workspace");
        hosts.MapPost("", AddAsync).WithSummary("Lets a machine answer in the workspace, and in no other; its token is told once")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        app.MapHostContext();
        hosts.MapDelete("/{runnerId}", RevokeAsync).WithSummary("Ends a machine's right to answer, at once");
    }

    private static async Task<Results<Ok<HostList>, ProblemHttpResult>> ListAsync(
        string id, HttpContext http, SessionAccess access, HostStore store, TimeProvider clock, CancellationToken cancel) =>
        await access.FindAsync(id, http.Caller(), SessionAction.Share, cancel) is null
            ? Problems.NoSession()
            : TypedResults.Ok(new HostList([.. (await store.ListAsync(id, cancel)).Select(host => HostView.Of(host, clock.GetUtcNow()))]));

    private static async Task<Results<Created<NewHost>, ProblemHttpResult>> AddAsync(
        string id, HostRequest? request, HttpContext http, SessionAccess access, WorkspaceHosts hosts, CancellationToken cancel)
    {
        if (await access.FindAsync(id, http.Caller(), SessionAction.Share, cancel) is not { } session)
            return Problems.NoSession();
        if (request?.Name is not { Length: > 0 and <= MaxName } name)
            return Problems.BadRequest($"The body is {{\"name\":\"…\"}}: what the machine is called, at most {MaxName} characters.");
        if (session.Workspace != WorkspaceState.Open)
            return Problems.Conflict("This session is no open workspace: there is nothing to answer.");
        return await hosts.AddAsync(id, http.AccountId(), Field.Clean(name), CancellationToken.None) is { } added
            ? TypedResults.Created($"/api/sessions/{id}/runners/{added.Host.Id}", new NewHost(added.Host.Id, added.Token))
            : Problems.Conflict($"{HostStore.MaxHosts} machines may answer here already: revoke one.");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(
        string id, string runnerId, HttpContext http, SessionAccess access, WorkspaceHosts hosts, CancellationToken cancel)
    {
        if (await access.FindAsync(id, http.Caller(), SessionAction.Share, cancel) is null)
            return Problems.NoSession();
        return await hosts.RevokeAsync(id, runnerId, http.AccountId(), CancellationToken.None) ? TypedResults.NoContent() : Problems.NotFound("There is no such machine.");
    }
}

/// <param name="Name">What the machine is called. The same name again ends what it had before.</param>
public sealed record HostRequest(string? Name);

/// <param name="RunnerId">By which it is revoked.</param>
/// <param name="Token">What the machine presents as a runner of this workspace.</param>
public sealed record NewHost(string RunnerId, string Token);

public sealed record HostList(IReadOnlyList<HostView> Runners);

/// <param name="RunnerId">By which it is revoked.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Here">Whether it is there now.</param>
/// <param name="CreatedAt">Since when it may answer.</param>
public sealed record HostView(string RunnerId, string Name, bool Here, DateTimeOffset CreatedAt)
{
    internal static HostView Of(HostRecord host, DateTimeOffset now) => new(host.Id, host.Name, host.SeenAt > now - HostStore.Patience, host.CreatedAt);
}
