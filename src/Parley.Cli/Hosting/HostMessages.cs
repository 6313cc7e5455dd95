using System.Text.Json;
using System.Text.Json.Serialization;
using Parley.Cli.Context;

namespace Parley.Cli.Hosting;

/// <summary>What makes this machine one that answers: <c>POST /api/sessions/{id}/runners</c>.</summary>
internal sealed record NewRunner(string Name);

internal sealed record MadeRunner(string RunnerId, string Token);

internal sealed record TakeTurn(string Runner, int Free, int Wait);

/// <summary>A turn, as the server hands it to a runner (docs/turns.md).</summary>
internal sealed record TakenTurn(
    string TurnId, string Lease, int LeaseSeconds, string SessionId, string Title, string Project, long PromptSeq, long Step, string Prompter,
    IReadOnlyList<TakenTurnPerson> People, string Mark, IReadOnlyList<TakenTurnTool> Tools);

internal sealed record TakenTurnPerson(string Name, string Role);

internal sealed record TakenTurnTool(string Name, string Description, JsonElement InputSchema);

/// <summary>A call of a tool, and what became of it.</summary>
internal sealed record ToolCall(string Name, JsonElement Input);

internal sealed record ToolReceipt(string Text, bool IsError);

internal sealed record TurnRenewal(bool Interrupted);

internal sealed record TurnText(string? Text);

internal sealed record PermissionReply(string State, string? By, string? Reason);

/// <summary>What is shared with the agent now.</summary>
internal sealed record HostContext(string Version, IReadOnlyList<SharedResource> Resources);

internal sealed record ContextFiles(IReadOnlyList<ContextFileLine> Files);

internal sealed record ContextFileLine(string Path, string Sha256, long Size);

/// <summary>A line of <c>parley host --json</c>.</summary>
internal sealed record HostEvent(string Event)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Url { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TurnId { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Text { get; init; }
}
