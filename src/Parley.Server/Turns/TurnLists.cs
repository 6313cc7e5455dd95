using System.Text.Json.Serialization;
using Parley.Core.Turns;
using Parley.Server.Bridge;
using Parley.Server.Hosts;
using Parley.Server.Sessions;

namespace Parley.Server.Turns;

/// <summary>What the members of a workspace are told about its queue: for the API, and for the room's events.</summary>
public sealed class TurnLists(BridgeStore bridge, TurnStore store, WorkspaceAgents agents, RunnerWatch runners, HostStore hosts, TimeProvider clock)
{
    public async ValueTask<TurnList> OfAsync(SessionRecord session, CancellationToken cancel)
    {
        List<TurnRecord> turns = await store.OpenAsync(session.Id, cancel);
        WorkspaceAgent agent = await agents.FindAsync(session.Id, cancel);
        List<HostRecord> machines = await hosts.ListAsync(session.Id, cancel);
        (string runner, string? why) = session.Workspace != WorkspaceState.Open ? ("none", "This session is no open workspace.")
            : machines.Exists(host => host.SeenAt > clock.GetUtcNow() - HostStore.Patience) ? ("host", null)
            : agent.IsSpent ? ("none", $"The budget of {agent.Budget} is spent. Prompts wait until the owner raises it.")
            : await runners.StateAsync(cancel) is { State: not "none" } others ? others
            : ("none", machines.Count > 0 ? $"The machine that answers here, {machines[0].Name}, is away: prompts wait until it is back." : RunnerWatch.NobodyAnswers);
        return new TurnList([.. turns.Select(TurnView.Of)], runner, why, AgentView.Of(agent), await bridge.StatesAsync(session.Id, cancel));
    }
}

/// <param name="Turns">Those that wait and the one that runs, in order.</param>
/// <param name="Runner"><c>host</c> (a machine of the owner's), <c>here</c>, <c>busy</c> (with other turns), or <c>none</c>: prompts wait.</param>
/// <param name="Why">What to do about that, where something is to be done.</param>
/// <param name="Agent">Who answers, and what that has cost.</param>
/// <param name="Lent">The MCP servers that the agent may use, and whether they can be reached.</param>
public sealed record TurnList(
    IReadOnlyList<TurnView> Turns,
    string Runner,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Why,
    AgentView Agent,
    IReadOnlyList<LentState> Lent);

/// <summary>A turn as members see it.</summary>
/// <param name="TurnId">By which it is named.</param>
/// <param name="State"><c>suggested</c>, <c>queued</c> or <c>running</c>.</param>
/// <param name="AccountId">Its author's account.</param>
/// <param name="Author">Its author's name.</param>
/// <param name="Text">The prompt; absent once it stands in the log.</param>
/// <param name="Attachments">Files of the context that it is about.</param>
/// <param name="Edits">How often it was changed; named in accepting, it keeps one from accepting what one has not seen.</param>
/// <param name="CreatedAt">When it was sent.</param>
/// <param name="AcceptedBy">Who accepted it.</param>
/// <param name="TakenAt">When the runner took it.</param>
/// <param name="PromptSeq">The prompt's place in the log.</param>
/// <param name="Status">What it waits for, while it runs.</param>
/// <param name="StoppedBy">Who has asked for its end.</param>
public sealed record TurnView(
    string TurnId,
    string State,
    long AccountId,
    string Author,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Text,
    IReadOnlyList<Attachment> Attachments,
    long Edits,
    DateTimeOffset CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? AcceptedBy,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? TakenAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? PromptSeq,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? StoppedBy)
{
    internal static TurnView Of(TurnRecord turn) => new(
        turn.Id, TurnStates.Name(turn.Turn.State), turn.Author.Id, turn.Author.Name, turn.Text == "" ? null : turn.Text, turn.Attachments, turn.Edits,
        turn.CreatedAt, turn.DecidedBy?.Name, turn.TakenAt, turn.PromptSeq, turn.Status, turn.StoppedBy?.Name);
}

/// <param name="Model">As the API names it.</param>
/// <param name="Budget">What it may cost, in US dollars; null for no limit.</param>
/// <param name="Spent">What it has cost, in US dollars.</param>
/// <param name="Tokens">What that was for.</param>
public sealed record AgentView(string Model, decimal? Budget, decimal Spent, TokenCounts Tokens)
{
    internal static AgentView Of(WorkspaceAgent agent) => new(agent.Model, agent.Budget?.Dollars, agent.Spent.Dollars, agent.Tokens);
}
