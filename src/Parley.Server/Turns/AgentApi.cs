using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Audit;
using Parley.Server.Data;
using Parley.Server.Hosting;
using Parley.Server.Live;
using Parley.Server.Sessions;

namespace Parley.Server.Turns;

/// <summary>The routes by which members see who answers in a workspace and what it costs, and by which its owner changes that.</summary>
public static partial class AgentApi
{
    private const decimal MaxBudget = 1_000_000;

    public static void MapAgent(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder agent = app.MapGroup("/api/sessions/{id}/agent").For(Audience.Accounts).WithTags("Workspaces").LimitRequests().LimitMisses()
            .ProducesProblem(StatusCodes.Status404NotFound);
        agent.MapGet("", FindAsync).WithSummary("The model that answers in a workspace, its budget, and what it has cost");
        agent.MapPatch("", ChangeAsync).WithSummary("Gives the workspace's agent another model or another budget").ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static async Task<Results<Ok<AgentView>, ProblemHttpResult>> FindAsync(
        string id, HttpContext http, SessionAccess access, WorkspaceAgents agents, CancellationToken cancel) =>
        await access.FindAsync(id, http.Caller(), SessionAction.Meet, cancel) is null
            ? Problems.NoSession()
            : TypedResults.Ok(AgentView.Of(await agents.FindAsync(id, cancel)));

    private static async Task<Results<Ok<AgentView>, ProblemHttpResult>> ChangeAsync(
        string id, AgentChange? change, HttpContext http, SessionAccess access, Database database, WorkspaceAgents agents, AuditStore audit, Wakes wakes, TimeProvider clock,
        CancellationToken cancel)
    {
        if (await access.FindAsync(id, http.Caller(), SessionAction.Share, cancel) is null)
            return Problems.NoSession();
        if (change is null || (change.Model is { } model && !ModelName().IsMatch(model)) || change.Budget is < 0 or > MaxBudget)
            return Problems.BadRequest("The body is {\"model\":\"…\",\"budget\":10}: a model as its API names it, and what the workspace may cost in US dollars.");
        WorkspaceAgent agent = await database.WriteAsync(
            async connection =>
            {
                await WorkspaceAgents.ChangeAsync(connection, id, change.Model, change.Budget is { } budget ? Money.Of(budget) : null, CancellationToken.None);
                WorkspaceAgent changed = await agents.FindAsync(connection, id, CancellationToken.None);
                var happened = new AuditEvent(id, clock.GetUtcNow(), AuditAction.AgentChanged, Actor.Of(http.AccountId()), Detail: $"{changed.Model}, {changed.Budget?.ToString() ?? "no limit"}");
                await audit.AddAsync(connection, happened, CancellationToken.None);
                return changed;
            },
            CancellationToken.None);
        wakes.Announce(id, Wake.Room);
        wakes.Announce(RunnerWatch.Door, Wake.Room);
        return TypedResults.Ok(AgentView.Of(agent));
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,99}\z")]
    private static partial Regex ModelName();
}

/// <param name="Model">The model from the next turn on; null for the one that it is.</param>
/// <param name="Budget">What the workspace may cost in all, in US dollars; null for what it is.</param>
public sealed record AgentChange(string? Model = null, decimal? Budget = null);
