using System.Text;

namespace Parley.Core.Transcripts.Codex;

/// <summary>The names that a person gave to threads: a file beside all rollouts, to which the client adds a line for each new name.</summary>
internal static class ThreadNames
{
    private const string FileName = "session_index.jsonl";

    /// <summary>The last name of a thread; null when it has none.</summary>
    /// <param name="rollout">The path of the thread's rollout.</param>
    /// <param name="thread">The thread.</param>
    public static string? Of(string rollout, Guid thread)
    {
        string? client = RolloutName.ClientFolderOf(rollout);
        if (client is null || !File.Exists(Path.Combine(client, FileName)))
            return null;
        string id = thread.ToString();
        return File.ReadLines(Path.Combine(client, FileName))
            .Where(line => line.Contains(id, StringComparison.OrdinalIgnoreCase))
            .Select(line => Encoding.UTF8.GetBytes(line))
            .Where(line => Guid.TryParse(RawJson.Text(RawJson.Member(line, "id"u8)), out Guid named) && named == thread)
            .Select(line => RawJson.Text(RawJson.Member(line, "thread_name"u8)))
            .LastOrDefault(name => !string.IsNullOrWhiteSpace(name));
    }
}
