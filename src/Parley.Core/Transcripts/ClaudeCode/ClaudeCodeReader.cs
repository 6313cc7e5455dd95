namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>
/// Reads the sessions of Claude Code: a JSON-lines file and, in a folder of the same name, its subagents' transcripts and large outputs.
/// </summary>
internal static class ClaudeCodeReader
{
    public const string Agent = "claude-code";

    /// <summary>Opens a transcript with all that stands beside it; null if Claude Code didn't write it.</summary>
    public static Transcript? TryOpen(string path)
    {
        ConversationThread main = ConversationThread.Open(path);
        return main.IsClaudeCode ? new Transcript(main.Info(), main.Entries) : null;
    }

    /// <summary>What the file alone tells, without what stands beside it.</summary>
    public static TranscriptInfo ReadInfo(string path) => ConversationFile.Read(path).Info();
}
