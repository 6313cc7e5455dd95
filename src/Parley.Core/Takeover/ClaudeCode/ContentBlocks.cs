using Parley.Core.Transcripts.ClaudeCode;

namespace Parley.Core.Takeover.ClaudeCode;

/// <summary>Which blocks of a message can be sent to the model again: an empty text is refused, and so is thinking without what signs it.</summary>
internal static class ContentBlocks
{
    /// <summary>Whether anything of a content is left to be sent.</summary>
    /// <param name="content">A JSON string or an array of blocks.</param>
    /// <param name="withThinking">Whether thinking is.</param>
    public static bool HasAny(ReadOnlySpan<byte> content, bool withThinking)
    {
        var json = new JsonScanner(content);
        if (!json.TryEnter((byte)'['))
            return content.Length > 2 && content[0] == '"';
        for (bool isFirst = true; json.NextItem(ref isFirst);)
        {
            if (KindOf(json.Skip()) is var kind && IsSent(kind, withThinking))
                return true;
        }
        return false;
    }

    public static bool IsSent(BlockKind kind, bool withThinking) => kind == BlockKind.Content || (kind == BlockKind.Thinking && withThinking);

    /// <summary>What a block is to whoever takes the session over.</summary>
    public static BlockKind KindOf(ReadOnlySpan<byte> block)
    {
        ReadOnlySpan<byte> type = default, text = default, signature = default;
        var json = new JsonScanner(block);
        if (!json.TryEnter((byte)'{'))
            return BlockKind.Empty;
        for (bool isFirst = true; json.NextMember(ref isFirst, out ReadOnlySpan<byte> name);)
        {
            ReadOnlySpan<byte> value = json.Skip();
            if (name.SequenceEqual("type"u8))
                type = value;
            else if (name.SequenceEqual("text"u8))
                text = value;
            else if (name.SequenceEqual("signature"u8) || name.SequenceEqual("data"u8))
                signature = value;
        }
        bool isThinking = type.SequenceEqual("\"thinking\""u8) || type.SequenceEqual("\"redacted_thinking\""u8);
        if (isThinking)
            return signature.Length > 2 ? BlockKind.Thinking : BlockKind.Empty;
        bool isText = type.SequenceEqual("\"text\""u8);
        return type.Length <= 2 || type.Contains((byte)'\\') || (isText && text.Length <= 2) ? BlockKind.Empty : BlockKind.Content;
    }
}

internal enum BlockKind
{
    /// <summary>Nothing that could be sent.</summary>
    Empty,

    Content,

    /// <summary>Signed by the API, which refuses it when a byte of it has changed.</summary>
    Thinking,
}
