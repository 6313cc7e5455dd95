namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>
/// Reads the sessions of Claude Code: a JSON-lines file and, in a folder of the same name, its subagents' transcripts and large outputs.
/// </summary>
internal static class ClaudeCodeReader
{
    public const string Agent = "claude-code";

    /// <summary>Whether a file that begins with these bytes is a transcript of Claude Code.</summary>
    public static bool Recognises(ReadOnlySpan<byte> beginning) =>
        beginning.IndexOf("\"parentUuid\":"u8) >= 0 || beginning.IndexOf("\"sessionId\":"u8) >= 0;

    /// <summary>What the file alone tells, without what stands beside it.</summary>
    public static TranscriptInfo ReadInfo(string path) => ConversationFile.Read(path).Info();

    public static Transcript Open(string path)
    {
        ConversationThread main = ConversationThread.Open(path);
        return new Transcript(main.Info(), main.Entries);
    }
}
