namespace Parley.Core.Transcripts;

/// <summary>Finds the reader for a transcript by looking at the file: one reader per agent's format.</summary>
public static class TranscriptReader
{
    /// <summary>Opens a transcript, whatever agent wrote it.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="UnknownTranscriptException">No reader knows the format.</exception>
    public static Transcript Open(string path) => throw new UnknownTranscriptException(path);
}

/// <summary>The file is not a transcript of any agent that Parley can read.</summary>
public sealed class UnknownTranscriptException(string path)
    : Exception($"'{path}' is not a transcript that Parley can read (Claude Code's .jsonl sessions are).");
