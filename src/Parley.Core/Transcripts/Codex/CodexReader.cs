namespace Parley.Core.Transcripts.Codex;

/// <summary>Reads the sessions of OpenAI's Codex CLI: a JSON-lines file, its rollout, and the rollouts that it goes on from.</summary>
internal static class CodexReader
{
    public const string Agent = "codex";

    /// <summary>Opens a session; null if Codex didn't write the file.</summary>
    public static Transcript? TryOpen(string path) =>
        Rollout.TryRead(path) is { } rollout ? new Transcript(rollout.Info(), rollout.Entries) : null;

    /// <summary>What is known of a session; null if Codex didn't write the file.</summary>
    public static TranscriptInfo? ReadInfo(string path) => Rollout.TryRead(path)?.Info();
}
