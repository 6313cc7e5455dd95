using System.Text;
using Parley.Core.Transcripts.ClaudeCode;

namespace Parley.Core.Takeover.ClaudeCode;

/// <summary>What becomes of a line when its session is taken over.</summary>
internal enum LineFate
{
    Kept,

    /// <summary>It stays behind; the lines that hang off it hang off its parent from then on.</summary>
    LeftBehind,

    /// <summary>A prompt that was typed while the agent worked, which the client keeps as an attachment, becomes a prompt like any other.</summary>
    BecomesPrompt,
}

/// <summary>The members of a transcript's line that decide about it, as they stand in the file.</summary>
internal ref struct TranscriptLine
{
    // Everything else restores a state of the sender's client, or is text that nobody sees.
    private static readonly HashSet<string> KeptTypes = ["user", "assistant", "system", "ai-title", "custom-title", "agent-name", "agent-color", "last-prompt", "summary"];

    public ReadOnlySpan<byte> Type;
    public ReadOnlySpan<byte> Uuid;
    public ReadOnlySpan<byte> Parent;
    public ReadOnlySpan<byte> Subtype;
    public ReadOnlySpan<byte> Timestamp;
    public ReadOnlySpan<byte> Message;
    public ReadOnlySpan<byte> Attachment;

    /// <summary>Where the line's object ends.</summary>
    public int End;

    /// <summary>Reads the JSON object that the text begins with; false if it isn't one.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out TranscriptLine line)
    {
        line = default;
        var json = new JsonScanner(text);
        if (!json.TryEnter((byte)'{'))
            return false;
        for (bool isFirst = true; json.NextMember(ref isFirst, out ReadOnlySpan<byte> name);)
        {
            bool isMessage = name.SequenceEqual("message"u8) || name.SequenceEqual("attachment"u8);
            ReadOnlySpan<byte> value = isMessage ? json.SkipValid() : json.Skip();
            if (name.SequenceEqual("type"u8))
                line.Type = value;
            else if (name.SequenceEqual("uuid"u8))
                line.Uuid = value;
            else if (name.SequenceEqual("parentUuid"u8))
                line.Parent = value;
            else if (name.SequenceEqual("subtype"u8))
                line.Subtype = value;
            else if (name.SequenceEqual("timestamp"u8))
                line.Timestamp = value;
            else if (name.SequenceEqual("message"u8))
                line.Message = value;
            else if (name.SequenceEqual("attachment"u8))
                line.Attachment = value;
        }
        line.End = json.Position;
        return !json.IsBroken;
    }

    /// <summary>Whether the conversation begins anew here, after a compaction.</summary>
    public readonly bool IsBoundary => Subtype.SequenceEqual("\"compact_boundary\""u8);

    public readonly LineFate Fate(bool withThinking)
    {
        if (Type.SequenceEqual("\"attachment\""u8))
            return QueuedPrompt.In(Attachment).IsEmpty ? LineFate.LeftBehind : LineFate.BecomesPrompt;
        if (Subtype.SequenceEqual(LineClassifier.TakenOver))
            return LineFate.LeftBehind;
        if (Type.Length < 2 || !KeptTypes.Contains(Encoding.UTF8.GetString(Type[1..^1])))
            return LineFate.LeftBehind;
        bool speaks = Type.SequenceEqual("\"user\""u8) || Type.SequenceEqual("\"assistant\""u8);
        return speaks && !ContentBlocks.HasAny(Content(Message), withThinking) ? LineFate.LeftBehind : LineFate.Kept;
    }

    private static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> message)
    {
        ReadOnlySpan<byte> content = default;
        var json = new JsonScanner(message);
        if (!json.TryEnter((byte)'{'))
            return default;
        for (bool isFirst = true; json.NextMember(ref isFirst, out ReadOnlySpan<byte> name);)
        {
            ReadOnlySpan<byte> value = json.Skip();
            if (name.SequenceEqual("content"u8))
                content = value;
        }
        return content;
    }
}
