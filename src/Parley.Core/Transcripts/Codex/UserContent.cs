using Parley.Core.Transcripts.ClaudeCode;

namespace Parley.Core.Transcripts.Codex;

/// <summary>
/// Tells what of a message on the user's side a person wrote. The client sends its own instructions, the folder's and the environment in
/// messages of the same form; since 2026 it says so beside each piece, before that only the text tells.
/// </summary>
internal readonly ref struct UserContent
{
    /// <summary>How the client begins the summary of what was said before a compaction.</summary>
    public static ReadOnlySpan<byte> SummaryIntroduction => "Another language model started to solve this problem"u8;

    private readonly ReadOnlySpan<byte> _content;
    private readonly ReadOnlySpan<byte> _kinds;
    private readonly List<Range> _items;
    private readonly List<Range> _kindItems;

    /// <param name="message">The message as JSON.</param>
    public UserContent(ReadOnlySpan<byte> message)
    {
        _content = RawJson.Member(message, "content"u8);
        _kinds = RawJson.Member(RawJson.Member(message, "internal_chat_message_metadata_passthrough"u8), "content_item_kinds"u8);
        _items = RawJson.Items(_content);
        _kindItems = RawJson.Items(_kinds);
    }

    public int Count => _items.Count;

    /// <summary>The kinds of a message's pieces, in their order.</summary>
    public static PieceKind[] KindsOf(ReadOnlySpan<byte> message)
    {
        var content = new UserContent(message);
        var kinds = new PieceKind[content.Count];
        for (int i = 0; i < kinds.Length; i++)
            kinds[i] = content.KindOf(i);
        return kinds;
    }

    public ReadOnlySpan<byte> this[int item] => _content[_items[item]];

    /// <summary>Whether any piece is of this kind.</summary>
    public bool Has(PieceKind kind)
    {
        for (int i = 0; i < Count; i++)
        {
            if (KindOf(i) == kind)
                return true;
        }
        return false;
    }

    /// <summary>The texts that a person typed, a line feed between them.</summary>
    public string Text()
    {
        var texts = new List<string>();
        for (int i = 0; i < Count; i++)
        {
            if (KindOf(i) == PieceKind.Text)
                texts.Add(JsonString.Decode(TextOf(i)));
        }
        return string.Join('\n', texts);
    }

    /// <summary>The text of a piece, a quoted JSON string; empty for an image.</summary>
    public ReadOnlySpan<byte> TextOf(int item) => RawJson.Member(this[item], "text"u8);

    public PieceKind KindOf(int item)
    {
        ReadOnlySpan<byte> kind = _kindItems.Count == Count ? _kinds[_kindItems[item]] : default;
        if (kind.SequenceEqual("\"shell.user_command\""u8))
            return PieceKind.Shell;
        if (kind.SequenceEqual("\"compaction.summary\""u8))
            return PieceKind.Summary;
        bool isPersons = kind.StartsWith("\"user."u8);
        bool isUnsaid = kind.Length <= 2 || kind.SequenceEqual("\"unknown\""u8);
        if (!isPersons && !isUnsaid)
            return PieceKind.Clients;
        if (RawJson.Member(this[item], "type"u8).SequenceEqual("\"input_image\""u8))
            return PieceKind.Image;
        ReadOnlySpan<byte> text = TextOf(item);
        if (isUnsaid && JsonString.StartsWith(text, "<user_shell_command>"u8))
            return PieceKind.Shell;
        return isUnsaid && JsonString.StartsWith(text, SummaryIntroduction) ? PieceKind.Summary
            : isUnsaid && IsClients(text) ? PieceKind.Clients
            : IsImageFrame(text) ? PieceKind.ImageFrame
            : PieceKind.Text;
    }

    private static bool IsClients(ReadOnlySpan<byte> text) =>
        JsonString.StartsWith(text, "<environment_context>"u8)
        || JsonString.StartsWith(text, "<user_instructions>"u8)
        || JsonString.StartsWith(text, "# AGENTS.md instructions for "u8)
        || JsonString.StartsWith(text, "<turn_aborted>"u8)
        || JsonString.StartsWith(text, "<subagent_notification>"u8)
        || JsonString.StartsWith(text, "<skill>"u8);

    // The client puts an image between two texts: <image name=[Image #1] path="logo.png">, and </image>.
    private bool IsImageFrame(ReadOnlySpan<byte> text)
    {
        bool isFrame = text.SequenceEqual("\"</image>\""u8)
            || (JsonString.StartsWith(text, "<image>"u8) || JsonString.StartsWith(text, "<image name="u8)) && text.EndsWith(">\""u8);
        return isFrame && _content.IndexOf("\"input_image\""u8) >= 0;
    }
}

internal enum PieceKind
{
    /// <summary>Written by the client for the model.</summary>
    Clients,

    Text,
    Image,

    /// <summary>What the client puts around an image.</summary>
    ImageFrame,

    /// <summary>Stands for what was said before a compaction.</summary>
    Summary,

    /// <summary>A shell command that the person ran, and what it put out.</summary>
    Shell,
}
