using Microsoft.Win32.SafeHandles;
using Parley.Core.Transcripts.ClaudeCode;

namespace Parley.Core.Takeover.Bundles;

/// <summary>Finds where a turn ends in a transcript: before the next prompt that somebody typed.</summary>
internal static class TurnEnd
{
    private static ReadOnlySpan<byte> Interruption => "[Request interrupted by user"u8;

    // As the client writes what a hook told instead of asking the model.
    private static ReadOnlySpan<byte> Blocked => "\"preventContinuation\":true"u8;

    /// <param name="path">The transcript.</param>
    /// <param name="bytes">Where the turn is going on, or over.</param>
    /// <returns>The length of the transcript up to its end.</returns>
    public static long After(string path, long bytes)
    {
        using SafeFileHandle file = TranscriptFile.Open(path);
        var lines = new LineReader();
        var parser = new LineParser();
        while (lines.Read(file))
        {
            if (lines.Offset >= bytes && lines.TooLong is null && BeginsAnother(parser, lines.Line))
                return lines.Offset;
        }
        return RandomAccess.GetLength(file);
    }

    private static bool BeginsAnother(LineParser parser, ReadOnlySpan<byte> text)
    {
        Line line = default;
        if (!parser.TryParse(text, ref line) || line.IsSidechain)
            return false;
        if (line.Type.SequenceEqual("\"system\""u8))
            return text.IndexOf(Blocked) >= 0;
        bool isTyped = line.Type.SequenceEqual("\"user\""u8) && LineClassifier.KindOf(line, parser.Tools) is (LineKind.Prompt or LineKind.Command);
        return isTyped && !JsonString.StartsWith(line.FirstText, Interruption);
    }
}
