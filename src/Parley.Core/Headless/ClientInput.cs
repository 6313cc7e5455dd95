using System.Buffers;
using System.Text.Json;
using Parley.Core.Sessions;

namespace Parley.Core.Headless;

/// <summary>Writes what Claude Code reads with <c>--input-format stream-json</c>: one JSON object a line, its line end included.</summary>
public static class ClientInput
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JsonText.Encoder };

    /// <summary>A prompt.</summary>
    /// <param name="blocks">Its content blocks as a JSON array, UTF-8.</param>
    public static byte[] Prompt(ReadOnlyMemory<byte> blocks) => Line(json =>
    {
        json.WriteString("type"u8, "user"u8);
        json.WriteStartObject("message"u8);
        json.WriteString("role"u8, "user"u8);
        json.WritePropertyName("content"u8);
        json.WriteRawValue(blocks.Span);
        json.WriteEndObject();
    });

    /// <summary>Ends the turn; the client stays usable.</summary>
    public static byte[] Interrupt(string requestId) => Line(json =>
    {
        json.WriteString("type"u8, "control_request"u8);
        json.WriteString("request_id"u8, requestId);
        json.WriteStartObject("request"u8);
        json.WriteString("subtype"u8, "interrupt"u8);
        json.WriteEndObject();
    });

    /// <summary>Lets the client do what it asked for, with the very input that it named.</summary>
    public static byte[] Allow(PermissionAsked asked) => Answer(asked.RequestId, json =>
    {
        json.WriteString("behavior"u8, "allow"u8);
        json.WritePropertyName("updatedInput"u8);
        json.WriteRawValue(asked.Input.Span);
    });

    /// <summary>Refuses what the client asked for.</summary>
    /// <param name="requestId">The request.</param>
    /// <param name="reason">What the agent is told.</param>
    public static byte[] Deny(string requestId, string reason) => Answer(requestId, json =>
    {
        json.WriteString("behavior"u8, "deny"u8);
        json.WriteString("message"u8, reason);
    });

    /// <summary>The answer of an MCP server that whoever started the client plays.</summary>
    /// <param name="said">What it answers.</param>
    /// <param name="message">A message of the Model Context Protocol, UTF-8.</param>
    public static byte[] McpAnswer(McpSaid said, ReadOnlyMemory<byte> message) => Answer(said.RequestId, json =>
    {
        json.WritePropertyName("mcp_response"u8);
        json.WriteRawValue(message.Span);
    });

    private static byte[] Answer(string requestId, Action<Utf8JsonWriter> write) => Line(json =>
    {
        json.WriteString("type"u8, "control_response"u8);
        json.WriteStartObject("response"u8);
        json.WriteString("subtype"u8, "success"u8);
        json.WriteString("request_id"u8, requestId);
        json.WriteStartObject("response"u8);
        write(json);
        json.WriteEndObject();
        json.WriteEndObject();
    });

    private static byte[] Line(Action<Utf8JsonWriter> write)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line, Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        line.Write("\n"u8);
        return line.WrittenSpan.ToArray();
    }
}
