using Parley.Core.Bridging;

namespace Parley.Server.Bridge;

/// <summary>An MCP server that its owner lets a workspace's agent use, as it is now.</summary>
/// <param name="ResourceId">Its place in the context.</param>
/// <param name="Name">What the author's configuration calls it.</param>
/// <param name="Tools">What it offers; none before a machine has opened it.</param>
/// <param name="Problem">Why it can't be used; null for nothing.</param>
/// <param name="MachineId">The machine that lends it; null while none is connected.</param>
/// <param name="Owner">The name of whose machine that is.</param>
public sealed record LentServer(string ResourceId, string Name, IReadOnlyList<BridgedTool> Tools, string? Problem, string? MachineId, string Owner)
{
    /// <summary>What people and the agent are told of it.</summary>
    public LentState State => MachineId is null ? new LentState(Name, "away", $"{Owner}'s machine is not connected. There, the command parley bridge connects it, and so does Claude Code with Parley's plugin.")
        : Problem is not null ? new LentState(Name, "failed", Problem)
        : new LentState(Name, "here", null);
}

/// <param name="Name">The MCP server.</param>
/// <param name="State"><c>here</c>, <c>away</c> (its machine is not connected) or <c>failed</c>.</param>
/// <param name="Why">What is wrong and what to do about it.</param>
public sealed record LentState(
    string Name,
    string State,
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)] string? Why);
