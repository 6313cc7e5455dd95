using Parley.Core.Transcripts.ClaudeCode;
using Parley.Core.Transcripts.Codex;

namespace Parley.Core.Transcripts;

/// <summary>Finds the reader for a transcript: each agent's format has one, which looks at the file and says whether it is its own.</summary>
public static class TranscriptReader
{
    /// <summary>Opens a transcript, whatever agent wrote it.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="UnknownTranscriptException">No reader knows the format.</exception>
    public static Transcript Open(string path) =>
        // Codex's needs only the first line to say no.
        CodexReader.TryOpen(path) ?? ClaudeCodeReader.TryOpen(path) ?? throw new UnknownTranscriptException(path);
}

/// <summary>The file is not a transcript of any agent that Parley can read.</summary>
public sealed class UnknownTranscriptException(string path)
    : Exception($"'{path}' is not a transcript that Parley can read (Claude Code's .jsonl sessions are, and Codex's rollouts).");
