using System.Text.Json;

namespace Parley.Core.Tests.Transcripts;

/// <summary>Lines of a transcript as the client writes them, with no more in them than a test is about.</summary>
internal static class Lines
{
    public static string User(string uuid, string? parent, string text) => Chain("user", uuid, parent, new { role = "user", content = text });

    public static string Result(string uuid, string? parent, string toolCall, string text = "done") =>
        Chain("user", uuid, parent, new { role = "user", content = new[] { new { type = "tool_result", tool_use_id = toolCall, content = text } } });

    public static string Answer(string uuid, string? parent, string text, string? message = null) =>
        Assistant(uuid, parent, message ?? "msg_" + uuid, new { type = "text", text });

    public static string Call(string uuid, string? parent, string toolCall, string? message = null) =>
        Assistant(uuid, parent, message ?? "msg_" + uuid, new { type = "tool_use", id = toolCall, name = "Bash", input = new { command = "ls" } });

    public static string Boundary(string uuid, string? logicalParent, params string[] preserved) => JsonSerializer.Serialize(new
    {
        parentUuid = (string?)null,
        logicalParentUuid = logicalParent,
        type = "system",
        subtype = "compact_boundary",
        uuid,
        compactMetadata = new { trigger = "auto", preservedMessages = new { uuids = preserved } },
    });

    public static string Summary(string uuid, string? parent, string text) => JsonSerializer.Serialize(new
    {
        parentUuid = parent,
        type = "user",
        message = new { role = "user", content = text },
        isCompactSummary = true,
        uuid,
    });

    public static string LastPrompt(string leaf) => JsonSerializer.Serialize(new { type = "last-prompt", leafUuid = leaf });

    /// <summary>A chain line; <paramref name="message"/> and <paramref name="more"/> are raw JSON where they are strings.</summary>
    public static string Raw(string type, string uuid, string? parent, string message, string more = "") =>
        $$"""{"parentUuid":{{JsonSerializer.Serialize(parent)}},"isSidechain":false,"type":"{{type}}","message":{{message}},"uuid":"{{uuid}}"{{more}}}""";

    private static string Assistant(string uuid, string? parent, string message, object block) => Chain(
        "assistant", uuid, parent, new { id = message, role = "assistant", model = "claude-opus-4-8", content = new[] { block } });

    private static string Chain(string type, string uuid, string? parent, object message) => Raw(type, uuid, parent, JsonSerializer.Serialize(message));
}
