using System.Text;
using System.Text.Json;
using Parley.Core.Rendering.Code;
using Parley.Core.Rendering.Text;
using Parley.Core.Sessions;

namespace Parley.Core.Rendering;

/// <summary>The text of an entry that a reader can see, for searching.</summary>
public static class PlainText
{
    /// <summary>All visible text of the entry, blocks separated by line feeds.</summary>
    public static string Of(Entry entry)
    {
        var text = new StringBuilder();
        try
        {
            using JsonDocument document = JsonDocument.Parse(entry.Blocks, Json.Options);
            foreach (JsonElement block in document.RootElement.EnumerateArray().Take(EntryRenderer.MaxBlocks))
                Append(block, entry.Role, text);
        }
        catch (JsonException)
        {
            return ""; // nested too deeply: nothing of it is shown
        }
        return text.ToString();
    }

    private static void Append(JsonElement block, Role role, StringBuilder text)
    {
        switch (block.String("type"))
        {
            case "text": AppendText(block.String("text"), role, text); break;
            case "thinking": AppendLine(block.String("thinking"), text); break;
            case "tool_use" or "server_tool_use" or "mcp_tool_use":
                AppendLine(block.String("name"), text);
                if (block.Member("input") is { } input)
                    AppendStrings(input, text);
                break;
            case "tool_result":
                AppendLine(block.String("content"), text);
                foreach (JsonElement part in block.Objects("content"))
                    AppendLine(part.String("text"), text);
                break;
            case Rewind.BlockType when Rewind.Of(block) is { } rewind: AppendLine(EventHtml.Line(rewind), text); break;
            case Note.BlockType: AppendLine(block.String("text"), text); break;
            case "event":
                AppendLine(EventHtml.Line(block), text);
                AppendLine(block.String("summary"), text);
                break;
        }
    }

    private static void AppendText(string? value, Role role, StringBuilder text)
    {
        if (role != Role.User || value is null || ClientText.Parse(value) is not { } pieces)
        {
            AppendLine(value, text);
            return;
        }
        foreach (ClientPiece piece in pieces)
            AppendLine(ClientText.Unescape(piece.Content), text);
    }

    private static void AppendStrings(JsonElement value, StringBuilder text)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String or JsonValueKind.Number:
                AppendLine(value.Text(), text);
                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in value.EnumerateArray())
                    AppendStrings(item, text);
                break;
            case JsonValueKind.Object:
                foreach (JsonProperty member in value.EnumerateObject())
                    AppendStrings(member.Value, text);
                break;
        }
    }

    private static void AppendLine(string? value, StringBuilder text)
    {
        if (!string.IsNullOrWhiteSpace(value))
            text.Append(Ansi.Strip(value)).Append('\n');
    }
}
