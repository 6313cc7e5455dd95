using Parley.Server.Data;

namespace Parley.Server.Turns;

/// <summary>Which model answers in each workspace, what it may cost and what it has cost.</summary>
public sealed class WorkspaceAgents(Database database, AgentOptions options)
{
    /// <summary>The agent of a workspace; one that nobody has changed yet is as the options say.</summary>
    public ValueTask<WorkspaceAgent> FindAsync(string sessionId, CancellationToken cancel) =>
        database.ReadAsync(connection => FindAsync(connection, sessionId, cancel), cancel);

    public async ValueTask<WorkspaceAgent> FindAsync(Connection connection, string sessionId, CancellationToken cancel) => await connection.FirstAsync(
        """
        SELECT model, budget, spent, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens FROM workspace_agents WHERE session_id = $1
        """,
        row => new WorkspaceAgent(
            row.TextOrNull(0) ?? options.Model,
            row.NumberOrNull(1) is { } budget ? new Money(budget) : options.Budget,
            new Money(row.Number(2)),
            new TokenCounts(row.Number(3), row.Number(4), row.Number(5), row.Number(6))),
        cancel, sessionId) ?? new WorkspaceAgent(options.Model, options.Budget, default, default);

    /// <summary>Gives a workspace's agent another model or another budget, in a write; null leaves either as it is.</summary>
    public static async ValueTask ChangeAsync(Connection connection, string sessionId, string? model, Money? budget, CancellationToken cancel) =>
        await connection.ExecuteAsync(
            """
            INSERT INTO workspace_agents (session_id, model, budget) VALUES ($1, $2, $3)
            ON CONFLICT (session_id) DO UPDATE SET
                model = coalesce(excluded.model, workspace_agents.model), budget = coalesce(excluded.budget, workspace_agents.budget)
            """,
            cancel, sessionId, model, budget?.Millionths);

    /// <summary>Counts what a call of the model took, in a write.</summary>
    /// <param name="connection">The write.</param>
    /// <param name="sessionId">The workspace.</param>
    /// <param name="model">Whose price it has; null for what somebody else pays.</param>
    /// <param name="tokens">What it took.</param>
    /// <param name="cancel">Gives it up.</param>
    public async ValueTask SpendAsync(Connection connection, string sessionId, string? model, TokenCounts tokens, CancellationToken cancel) =>
        await connection.ExecuteAsync(
            """
            INSERT INTO workspace_agents (session_id, spent, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (session_id) DO UPDATE SET
                spent = workspace_agents.spent + excluded.spent,
                input_tokens = workspace_agents.input_tokens + excluded.input_tokens,
                output_tokens = workspace_agents.output_tokens + excluded.output_tokens,
                cache_read_tokens = workspace_agents.cache_read_tokens + excluded.cache_read_tokens,
                cache_write_tokens = workspace_agents.cache_write_tokens + excluded.cache_write_tokens
            """,
            cancel, sessionId, model is null ? 0 : options.Prices.Of(model, tokens).Millionths, tokens.Input, tokens.Output, tokens.CacheRead, tokens.CacheWrite);
}

/// <summary>A workspace's agent.</summary>
/// <param name="Model">As the API names it.</param>
/// <param name="Budget">What it may cost; null for no limit.</param>
/// <param name="Spent">What it has cost.</param>
/// <param name="Tokens">What that was for.</param>
public sealed record WorkspaceAgent(string Model, Money? Budget, Money Spent, TokenCounts Tokens)
{
    public bool IsSpent => Budget is { } budget && Spent.Millionths >= budget.Millionths;
}
