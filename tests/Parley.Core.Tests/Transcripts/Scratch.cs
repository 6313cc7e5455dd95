using System.Text;
using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Core.Transcripts;

namespace Parley.Core.Tests.Transcripts;

/// <summary>A temporary folder with a transcript in it.</summary>
internal sealed class Scratch : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("parley-transcript-").FullName;

    public string Transcript => Path.Combine(Folder, "session.jsonl");

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public string Write(params string[] lines) => WriteBytes(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));

    public string WriteBytes(byte[] bytes)
    {
        File.WriteAllBytes(Transcript, bytes);
        return Transcript;
    }

    /// <summary>A file beside the transcript, e.g. <c>tool-results/a.txt</c>.</summary>
    public string WriteSidecar(string name, string text)
    {
        string path = Path.Combine(Folder, "session", name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>
    /// What a reader sees of the transcript, an item an entry: <c>user hello</c>, <c>assistant [t1]</c> for a call, <c>user (t1)</c> for its
    /// result, <c>event compacted …</c>, <c>event unsupported</c>.
    /// </summary>
    public IReadOnlyList<string> Shown() => [.. TranscriptReader.Open(Transcript).Entries().Select(Describe)];

    public static string Describe(Entry entry)
    {
        using var blocks = JsonDocument.Parse(entry.Blocks, new JsonDocumentOptions { MaxDepth = JsonText.MaxDepth });
        IEnumerable<string> texts = blocks.RootElement.EnumerateArray().Select(Describe);
        return $"{entry.Thread}{(entry.Thread is null ? "" : ": ")}{EntryJson.Name(entry.Role)} {string.Join(' ', texts)}";
    }

    private static string Describe(JsonElement block) => block.GetProperty("type").GetString() switch
    {
        "text" => block.GetProperty("text").GetString()!,
        "tool_use" => $"[{block.GetProperty("id").GetString()}]",
        "tool_result" => $"({block.GetProperty("tool_use_id").GetString()})",
        "event" => $"{block.GetProperty("event").GetString()} {(block.TryGetProperty("summary", out JsonElement summary) ? summary.GetString() : "")}".TrimEnd(),
        var other => other!,
    };
}
