using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Parley.Core.Sessions;

namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>
/// The transcripts of a session's subagents, <c>SESSION/subagents/agent-*.jsonl</c>, by the tool call that started each, which the
/// <c>.meta.json</c> beside it names.
/// </summary>
internal sealed class Subagents
{
    /// <summary>The largest <c>.meta.json</c> that is read; the client's have some hundred bytes.</summary>
    private const int MaxMetaBytes = 64 * 1024;

    private const string Folder = "subagents";

    private readonly Dictionary<string, List<string>> _paths = [];

    private Subagents()
    {
    }

    /// <summary>The ids of the tool calls that started one.</summary>
    public IReadOnlyCollection<string> ToolCalls => _paths.Keys;

    public static Subagents In(SidecarFolder sidecars)
    {
        var subagents = new Subagents();
        foreach ((string path, string toolCall) in Find(sidecars, _ => false))
        {
            if (!subagents._paths.TryGetValue(toolCall, out List<string>? paths))
                subagents._paths.Add(toolCall, paths = []);
            paths.Add(path);
        }
        return subagents;
    }

    /// <summary>The transcripts of which it is written what call started them, without those that are known already.</summary>
    public static IEnumerable<(string Path, string ToolCall)> Find(SidecarFolder sidecars, Predicate<string> isKnown)
    {
        foreach (string path in sidecars.Files(Folder, "agent-*.jsonl"))
        {
            if (isKnown(path))
                continue;
            using SafeFileHandle? meta = sidecars.TryOpen(Folder, Path.ChangeExtension(path, ".meta.json"));
            if (meta is not null && ToolCallOf(meta) is { } toolCall)
                yield return (path, toolCall);
        }
    }

    /// <summary>The transcripts of the subagents that the call started, the first time it is asked.</summary>
    public IReadOnlyList<string> Take(string toolCall) => _paths.Remove(toolCall, out List<string>? paths) ? paths : [];

    private static string? ToolCallOf(SafeFileHandle meta)
    {
        var bytes = new byte[(int)Math.Min(RandomAccess.GetLength(meta), MaxMetaBytes)];
        try
        {
            int read = RandomAccess.Read(meta, bytes, 0);
            var json = new Utf8JsonReader(bytes.AsSpan(0, read));
            while (json.Read())
            {
                if (json.TokenType != JsonTokenType.PropertyName || json.CurrentDepth != 1 || !json.ValueTextEquals("toolUseId"u8))
                    continue;
                return json.Read() && json.TokenType == JsonTokenType.String ? JsonText.GetString(ref json) : null;
            }
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            return null;
        }
        return null;
    }
}
