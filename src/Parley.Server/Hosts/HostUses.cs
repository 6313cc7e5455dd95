using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Server.Sessions;

namespace Parley.Server.Hosts;

/// <summary>
/// What the agent on an owner's machine says that it used, for the audit trail: there the shared files are read from a copy, so that the calls in its
/// answer are all that the server sees of it.
/// </summary>
internal static class HostUses
{
    // By what calls name what they are about.
    private static readonly string[] About = ["file_path", "path", "pattern"];

    /// <summary>A line for each call of a tool.</summary>
    public static IEnumerable<string> Of(IEnumerable<Entry> entries)
    {
        foreach (Entry entry in entries.Where(entry => entry.Role == Role.Assistant))
        {
            using JsonDocument blocks = JsonDocument.Parse(entry.Blocks, new JsonDocumentOptions { MaxDepth = JsonText.MaxDepth });
            foreach (JsonElement block in blocks.RootElement.EnumerateArray().Where(block => Text(block, "type") == "tool_use"))
                yield return Line(block);
        }
    }

    private static string Line(JsonElement call)
    {
        string?[] parts = [Text(call, "name"), .. call.TryGetProperty("input", out JsonElement input) ? About.Select(name => Text(input, name)) : []];
        return Field.Clean(string.Join(' ', parts.OfType<string>()));
    }

    // Half of a surrogate pair is no text.
    private static string? Text(JsonElement value, string name)
    {
        try
        {
            return value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out JsonElement member) && member.ValueKind == JsonValueKind.String
                ? member.GetString()
                : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
