using System.Text.Json;
using Parley.Core.Rendering.Text;
using Parley.Core.Sessions;

namespace Parley.Core.Rendering;

/// <summary>What a table of prompts lists.</summary>
public static class Prompt
{
    private const int MaxLine = 120;

    /// <summary>The beginning of what a person typed, on one line; null for every entry that is no prompt of a person.</summary>
    public static string? Line(Entry entry)
    {
        if (entry.Role != Role.User || entry.Thread is not null)
            return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(entry.Blocks, Json.Options);
            foreach (JsonElement block in document.RootElement.EnumerateArray())
            {
                if (block.String("type") == "tool_result")
                    return null;
                if (block.String("text") is { } text && !string.IsNullOrWhiteSpace(text))
                    return IsTyped(text) ? Lines.OneLine(text, MaxLine) : null;
            }
        }
        catch (JsonException)
        {
            // Nested too deeply: not a prompt.
        }
        return null;
    }

    private static bool IsTyped(string text) => !ClientText.IsInterruption(text.AsSpan().Trim()) && ClientText.Parse(text) is null;
}
