namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>
/// What the index needs of one line. Strings are slices of the line with their quotes, still escaped; empty where the line has none.
/// Ids are 0 where the line has none.
/// </summary>
internal ref struct Line
{
    public ReadOnlySpan<byte> Type;
    public ReadOnlySpan<byte> Subtype;
    public ReadOnlySpan<byte> Timestamp;
    public ReadOnlySpan<byte> WorkingDirectory;
    public ReadOnlySpan<byte> Branch;
    public ReadOnlySpan<byte> Title;
    public ReadOnlySpan<byte> Model;
    public ReadOnlySpan<byte> Trigger;

    /// <summary>The content's first text, for recognising what the client wrote by itself.</summary>
    public ReadOnlySpan<byte> FirstText;

    public UInt128 Uuid;
    public UInt128 Parent;
    public UInt128 LogicalParent;
    public UInt128 Leaf;
    public UInt128 MessageId;
    public UInt128 RequestId;

    public long InputTokens;
    public long OutputTokens;

    public bool IsSidechain;
    public bool IsMeta;
    public bool IsCompactSummary;
    public bool IsTaskNotification;
    public bool IsQueuedCommand;

    /// <summary>Where the content's JSON value stands in the line.</summary>
    public int ContentStart;
    public int ContentLength;
    public ContentForm Form;

    /// <summary>Whether a tool result only previews what stands in a file of its own.</summary>
    public bool HasPersistedOutput;

    /// <summary>Where the line's object ends; what follows it in the same line is another one.</summary>
    public int End;
}

/// <summary>The form of a line's content.</summary>
internal enum ContentForm : byte
{
    None,
    String,

    /// <summary>An array of objects, as the Messages API has it.</summary>
    Blocks,

    /// <summary>An array without anything in it.</summary>
    Empty,

    /// <summary>JSON that is neither.</summary>
    Other,
}

/// <summary>A tool call or the result of one within a line's content.</summary>
internal readonly record struct ToolMention(UInt128 Id, bool IsResult);
