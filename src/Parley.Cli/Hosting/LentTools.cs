using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.Core.Headless;
using Parley.Core.Sessions;

namespace Parley.Cli.Hosting;

/// <summary>
/// The MCP servers that are lent to the workspace, as the client is told of them: this plays each, and passes calls to the server, which asks people where one
/// may change something. The client has no address and no token for that.
/// </summary>
internal sealed class LentTools(HostWire wire, TakenTurn turn)
{
    private const string Prefix = "mcp__", Between = "__";

    /// <summary>What makes the client know of them; nothing where none is lent.</summary>
    public static IEnumerable<string> ArgumentsOf(TakenTurn turn)
    {
        string[] servers = [.. turn.Tools.Select(tool => ServerOf(tool.Name)).OfType<string>().Distinct()];
        if (servers.Length == 0)
            return [];
        var configured = new JsonObject();
        foreach (string server in servers)
            configured[server] = new JsonObject { ["type"] = "sdk", ["name"] = server };
        // Whoever has to allow a call is asked by the server.
        return ["--mcp-config", new JsonObject { ["mcpServers"] = configured }.ToJsonString(), "--allowedTools", string.Join(',', servers.Select(server => Prefix + server))];
    }

    /// <summary>What one of the servers answers.</summary>
    /// <exception cref="LeaseLostException">The turn is somebody else's.</exception>
    public async Task<ReadOnlyMemory<byte>> AnswerAsync(McpSaid said, CancellationToken cancel)
    {
        var message = JsonElement.Parse(said.Message.Span, new JsonDocumentOptions { MaxDepth = JsonText.MaxDepth });
        return Text(message, "method") switch
        {
            "initialize" => Answer(message, json => WriteWelcome(json, said.Server, Member(message, "params"))),
            "tools/list" => Answer(message, json => WriteTools(json, said.Server)),
            "tools/call" => await CallAsync(said.Server, message, cancel),
            _ => Answer(message, _ => { }),
        };
    }

    private async Task<ReadOnlyMemory<byte>> CallAsync(string server, JsonElement message, CancellationToken cancel)
    {
        JsonElement? input = Member(Member(message, "params"), "arguments");
        var call = new ToolCall($"{Prefix}{server}{Between}{Text(Member(message, "params"), "name")}", input is { ValueKind: JsonValueKind.Object } given ? given : JsonElement.Parse("{}"));
        ToolReceipt receipt = await wire.CallAsync(turn, call, cancel);
        return Answer(message, json =>
        {
            json.WriteStartArray("content"u8);
            json.WriteStartObject();
            json.WriteString("type"u8, "text"u8);
            json.WriteString("text"u8, receipt.Text);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteBoolean("isError"u8, receipt.IsError);
        });
    }

    private static void WriteWelcome(Utf8JsonWriter json, string server, JsonElement? asked)
    {
        json.WriteString("protocolVersion"u8, Text(asked, "protocolVersion") ?? "2025-11-25");
        json.WriteStartObject("capabilities"u8);
        json.WriteStartObject("tools"u8);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("serverInfo"u8);
        json.WriteString("name"u8, server);
        json.WriteString("version"u8, "1"u8);
        json.WriteEndObject();
    }

    private void WriteTools(Utf8JsonWriter json, string server)
    {
        string before = $"{Prefix}{server}{Between}";
        json.WriteStartArray("tools"u8);
        foreach (TakenTurnTool tool in turn.Tools.Where(tool => tool.Name.StartsWith(before, StringComparison.Ordinal)))
        {
            json.WriteStartObject();
            json.WriteString("name"u8, tool.Name[before.Length..]);
            json.WriteString("description"u8, tool.Description);
            json.WritePropertyName("inputSchema"u8);
            tool.InputSchema.WriteTo(json);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    // "mcp__linear__get_issue" is one of linear.
    private static string? ServerOf(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && name.IndexOf(Between, Prefix.Length, StringComparison.Ordinal) is > 0 and var end && end > Prefix.Length ? name[Prefix.Length..end] : null;

    private static ReadOnlyMemory<byte> Answer(JsonElement message, Action<Utf8JsonWriter> write)
    {
        var answer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(answer, new JsonWriterOptions { Encoder = JsonText.Encoder }))
        {
            json.WriteStartObject();
            json.WriteString("jsonrpc"u8, "2.0"u8);
            // What needs no answer gets one all the same: the client waits for it.
            json.WritePropertyName("id"u8);
            if (Member(message, "id") is { } id)
                id.WriteTo(json);
            else
                json.WriteNumberValue(0);
            json.WriteStartObject("result"u8);
            write(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return answer.WrittenMemory;
    }

    private static JsonElement? Member(JsonElement? of, string name) =>
        of is { ValueKind: JsonValueKind.Object } element && element.TryGetProperty(name, out JsonElement value) ? value : null;

    private static string? Text(JsonElement? of, string name) => Member(of, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
