using Parley.Core.Sessions;
using Parley.Core.Takeover.ClaudeCode;
using Parley.Core.Transcripts;
using Parley.Core.Transcripts.ClaudeCode;
using Parley.Core.Transfer;

namespace Parley.Core.Takeover.Bundles;

/// <summary>
/// The beginning of a conversation as its author's own client wrote it, whole and unredacted. A bundle of the same conversation goes on from it, so that only what
/// was said elsewhere is made of the bundle.
/// </summary>
public sealed class Beginning
{
    private Beginning(ReceivedSession files, Guid leaf, IReadOnlyList<byte[]> openCalls, long lastSeq) =>
        (Files, Leaf, OpenCalls, LastSeq) = (files, leaf, openCalls, lastSeq);

    /// <summary>The session's files, of which the transcript ends where the turn ended in which the conversation moved.</summary>
    public ReceivedSession Files { get; }

    /// <summary>The last of the bundle's entries that the transcript has.</summary>
    public long LastSeq { get; }

    /// <summary>The line that the conversation goes on from.</summary>
    internal Guid Leaf { get; }

    /// <summary>Calls that have no result there, as JSON strings.</summary>
    internal IReadOnlyList<byte[]> OpenCalls { get; }

    /// <summary>Cuts a copy of a session off where the turn ends that was going on when the conversation moved; what was typed after that stays behind.</summary>
    /// <param name="copy">Its files, which are the caller's to change.</param>
    /// <param name="bytes">How long the transcript was at that time.</param>
    /// <param name="lastSeq">The last entry of the bundle that the transcript has.</param>
    /// <returns>Null when there is no conversation in it.</returns>
    public static Beginning? Of(ReceivedSession copy, long bytes, long lastSeq)
    {
        string path = Path.Combine(copy.Folder, SessionFiles.Main);
        Cut(path, TurnEnd.After(path, bytes));
        return ConversationFile.Read(path).LeafId is { } leaf ? new Beginning(copy, leaf, [.. OpenCallsIn(path)], lastSeq) : null;
    }

    private static void Cut(string path, long end)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.SetLength(end);
        if (end == 0)
            return;
        file.Position = end - 1;
        if (file.ReadByte() != '\n')
            file.WriteByte((byte)'\n');
    }

    private static List<byte[]> OpenCallsIn(string path)
    {
        var open = new List<byte[]>();
        foreach (Entry entry in TranscriptReader.Open(path).Entries().Where(entry => entry.Thread is null))
        {
            EntryBlocks blocks = EntryBlocks.Of(entry);
            if (entry.Role == Role.Assistant)
                open.Clear();
            open.AddRange(blocks.Sent.Where(block => block.Kind == EntryBlockKind.Call).Select(block => block.Call));
            foreach (Block result in blocks.Sent.Where(block => block.Kind == EntryBlockKind.Result))
                open.RemoveAll(call => call.AsSpan().SequenceEqual(result.Call));
        }
        return open;
    }
}
