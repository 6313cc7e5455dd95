using Parley.Core.Sessions;

namespace Parley.Core.Headless;

/// <summary>What an agent's client, run without a terminal, says while it answers a prompt.</summary>
public abstract record ClientEvent;

/// <summary>A turn begins; the client says so before each.</summary>
/// <param name="SessionId">Its own id of the session.</param>
/// <param name="Tools">What it may use.</param>
public sealed record ClientReady(string SessionId, IReadOnlyList<string> Tools) : ClientEvent;

/// <summary>Text of the answer as it is written, of the main conversation only.</summary>
public sealed record ClientText(string Text) : ClientEvent;

/// <summary>Finished blocks of an answer.</summary>
/// <param name="MessageId">The message that they belong to; further blocks of it may follow.</param>
/// <param name="Model">The model that answers; null where the client itself says something, e.g. an error of the API.</param>
/// <param name="Thread">The call that started the subagent that answers; null in the main conversation.</param>
/// <param name="Blocks">A JSON array, UTF-8.</param>
public sealed record ClientAnswer(string MessageId, string? Model, string? Thread, ReadOnlyMemory<byte> Blocks) : ClientEvent;

/// <summary>The message of the main conversation that is being written is whole.</summary>
/// <param name="Usage">What it took.</param>
public sealed record ClientMessageEnded(Usage Usage) : ClientEvent;

/// <summary>Results of tool calls.</summary>
/// <param name="Thread">As of <see cref="ClientAnswer"/>.</param>
/// <param name="Blocks">A JSON array of <c>tool_result</c> blocks, UTF-8.</param>
public sealed record ClientResults(string? Thread, ReadOnlyMemory<byte> Blocks) : ClientEvent;

/// <summary>The client asks whether it may use a tool, and waits.</summary>
/// <param name="RequestId">By which it is answered.</param>
/// <param name="Tool">The tool's name.</param>
/// <param name="Input">What it would be called with: a JSON object, UTF-8, and exactly what runs when it is allowed.</param>
public sealed record PermissionAsked(string RequestId, string Tool, ReadOnlyMemory<byte> Input) : ClientEvent;

/// <summary>The client says something to an MCP server that whoever started it plays, and waits for the answer.</summary>
/// <param name="RequestId">By which it is answered.</param>
/// <param name="Server">Which server.</param>
/// <param name="Message">A message of the Model Context Protocol, UTF-8.</param>
public sealed record McpSaid(string RequestId, string Server, ReadOnlyMemory<byte> Message) : ClientEvent;

/// <summary>The client waits no longer for an answer.</summary>
public sealed record PermissionWithdrawn(string RequestId) : ClientEvent;

/// <summary>The turn is over.</summary>
/// <param name="Problem">What went wrong; null for nothing.</param>
/// <param name="CostUsd">What the client thinks that its process has cost so far, in US dollars.</param>
public sealed record ClientTurnEnded(string? Problem, decimal CostUsd) : ClientEvent;
