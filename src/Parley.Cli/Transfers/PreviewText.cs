using System.Text;
using System.Text.Json;
using Parley.Core.Sessions;

namespace Parley.Cli.Transfers;

/// <summary>How a conversation begins, as plain text: what was typed and said, and the names of the tools that were called.</summary>
internal sealed class PreviewText
{
    /// <summary>Characters after which the rest is left out: of the whole, and of one entry.</summary>
    private const int Most = 20_000, MostOfEntry = 3_000;

    private readonly StringBuilder _text = new();

    public bool IsFull => _text.Length > Most;

    public void Add(Entry entry)
    {
        string said = Said(entry);
        if (said.Length > 0 && !IsFull)
            _text.Append(entry.Role == Role.User ? "› " : "").Append(said.AsSpan(0, Math.Min(said.Length, MostOfEntry))).Append("\n\n");
    }

    public override string ToString() => IsFull ? $"{_text}…" : _text.ToString();

    private static string Said(Entry entry)
    {
        try
        {
            using JsonDocument blocks = JsonDocument.Parse(entry.Blocks, new JsonDocumentOptions { MaxDepth = JsonText.MaxDepth });
            return string.Join('\n', blocks.RootElement.EnumerateArray().Select(Said).OfType<string>()).Trim();
        }
        catch (JsonException)
        {
            return ""; // nested too deeply: nothing of it is shown
        }
    }

    private static string? Said(JsonElement block) => Member(block, "type") switch
    {
        "text" => Member(block, "text"),
        "tool_use" => $"⏺ {Member(block, "name")}",
        "image" => "[image]",
        _ => null,
    };

    private static string? Member(JsonElement block, string name) =>
        block.ValueKind == JsonValueKind.Object && block.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
