using Microsoft.Win32.SafeHandles;
using Parley.Core.Transcripts.ClaudeCode;

namespace Parley.Core.Transcripts;

/// <summary>Finds the reader for a transcript by looking at the file: one reader per agent's format.</summary>
public static class TranscriptReader
{
    // The longest beginning of a file that is looked at to tell its format.
    private const int MaxBeginningBytes = 64 * 1024;

    /// <summary>Opens a transcript, whatever agent wrote it.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="UnknownTranscriptException">No reader knows the format.</exception>
    public static Transcript Open(string path)
    {
        if (ClaudeCodeReader.Recognises(BeginningOf(path)))
            return ClaudeCodeReader.Open(path);
        throw new UnknownTranscriptException(path);
    }

    private static byte[] BeginningOf(string path)
    {
        using SafeFileHandle file = TranscriptFile.Open(path);
        var beginning = new byte[Math.Min(MaxBeginningBytes, RandomAccess.GetLength(file))];
        int read = RandomAccess.Read(file, beginning, 0);
        return beginning[..read];
    }
}

/// <summary>The file is not a transcript of any agent that Parley can read.</summary>
public sealed class UnknownTranscriptException(string path)
    : Exception($"'{path}' is not a transcript that Parley can read (Claude Code's .jsonl sessions are).");
