using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parley.Core.Bridging;

/// <summary>
/// What a server and a machine that lends its MCP servers say to each other in text frames (docs/bridge.md). What a message does not have is left out.
/// </summary>
public sealed partial record BridgeMessage
{
    /// <summary>From the machine: it lends to these <see cref="Sessions"/>, and to no others.</summary>
    public const string Lend = "LEND";

    /// <summary>From the machine: the <see cref="Tools"/> of an MCP server that it has opened, or opened again.</summary>
    public const string Opened = "OPENED";

    /// <summary>From the machine: an MCP server can't be used now; <see cref="Text"/> says why and what to do.</summary>
    public const string Failed = "FAILED";

    /// <summary>From the machine: what became of a call.</summary>
    public const string Answer = "ANSWER";

    /// <summary>From the server: these <see cref="Servers"/> may be used in a workspace from now on, and no others.</summary>
    public const string Use = "USE";

    /// <summary>From the server: there is no such workspace any more, or it is not this account's.</summary>
    public const string Gone = "GONE";

    /// <summary>From the server: a tool is to be called.</summary>
    public const string Call = "CALL";

    /// <summary>From the server: nobody waits for a call any more.</summary>
    public const string Cancel = "CANCEL";

    public required string Type { get; init; }

    /// <summary>A workspace.</summary>
    public string? Session { get; init; }

    public IReadOnlyList<string>? Sessions { get; init; }

    /// <summary>An MCP server, as the author's configuration calls it.</summary>
    public string? Server { get; init; }

    public IReadOnlyList<string>? Servers { get; init; }

    public IReadOnlyList<BridgedTool>? Tools { get; init; }

    /// <summary>Tells a call from the others of the connection.</summary>
    public long Id { get; init; }

    /// <summary>A tool, as its MCP server calls it.</summary>
    public string? Tool { get; init; }

    /// <summary>A call's input, a JSON object.</summary>
    public JsonElement? Input { get; init; }

    /// <summary>An answer, or why there is none.</summary>
    public string? Text { get; init; }

    public bool IsError { get; init; }

    /// <summary>Reads one; null when it is none. Members that are not known are passed over.</summary>
    public static BridgeMessage? Read(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return JsonSerializer.Deserialize(utf8, BridgeJson.Default.BridgeMessage) is { } message && message.IsWhole ? message : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // What the lists hold is not looked at by the deserializer.
    private bool IsWhole =>
        (Sessions ?? []).All(session => session is not null) && (Servers ?? []).All(server => server is not null)
        && (Tools ?? []).All(tool => tool is { Name: not null, Description: not null, InputSchema.ValueKind: JsonValueKind.Object });

    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, BridgeJson.Default.BridgeMessage);

    /// <summary>The type alone: inputs and answers are nobody's but the workspace's.</summary>
    public override string ToString() => Type;
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(BridgeMessage))]
[JsonSerializable(typeof(IReadOnlyList<BridgedTool>))]
internal sealed partial class BridgeJson : JsonSerializerContext;
