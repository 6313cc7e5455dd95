using Parley.Core.Transcripts.ClaudeCode;

namespace Parley.Core.Transcripts.Codex;

/// <summary>One line of a rollout, taken apart without decoding it; its parts are slices, empty where the line has none.</summary>
internal ref struct RolloutLine
{
    public ReadOnlySpan<byte> Type;
    public ReadOnlySpan<byte> Timestamp;
    public ReadOnlySpan<byte> Payload;
    public ReadOnlySpan<byte> Metadata;

    /// <summary>The program that a rollout names as its writer when the session was taken over with Parley.</summary>
    public static ReadOnlySpan<byte> Parley => "parley"u8;

    /// <summary>Reads the line; false if it is no JSON object.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out RolloutLine line)
    {
        line = default;
        var json = new JsonScanner(text);
        if (!json.TryEnter((byte)'{'))
            return false;
        for (bool isFirst = true; json.NextMember(ref isFirst, out ReadOnlySpan<byte> name);)
        {
            ReadOnlySpan<byte> value = json.Skip();
            if (name.SequenceEqual("payload"u8))
                line.Payload = value;
            else if (name.SequenceEqual("type"u8))
                line.Type = Unquote(value);
            else if (name.SequenceEqual("timestamp"u8))
                line.Timestamp = value;
            else if (name.SequenceEqual("metadata"u8))
                line.Metadata = value;
        }
        return !json.IsBroken;
    }

    /// <summary>A member of the payload; empty if there is none.</summary>
    public readonly ReadOnlySpan<byte> Member(ReadOnlySpan<byte> name) => RawJson.Member(Payload, name);

    /// <summary>The type of the payload.</summary>
    public readonly ReadOnlySpan<byte> Subtype => Unquote(Member("type"u8));

    /// <summary>Whether it is the answer that a compaction was made of, which stands in the <c>compacted</c> line as well.</summary>
    public readonly bool IsSummary => RawJson.Member(Metadata, "compaction_output"u8).SequenceEqual("true"u8);

    /// <summary>What the line is to a reader of the conversation.</summary>
    public readonly LineKind Kind() => Type switch
    {
        _ when Type.SequenceEqual("response_item"u8) => KindOfItem(),
        _ when Type.SequenceEqual("event_msg"u8) => KindOfEvent(),
        _ when Type.SequenceEqual("compacted"u8) => LineKind.Compacted,
        _ when Type.SequenceEqual("session_meta"u8) && Unquote(Member("originator"u8)).SequenceEqual(Parley) => LineKind.TakenOver,
        _ when IsStateOfClient(Type) => LineKind.Hidden,
        _ => LineKind.Unknown,
    };

    private static bool IsStateOfClient(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("session_meta"u8) || type.SequenceEqual("turn_context"u8) || type.SequenceEqual("world_state"u8)
        || type.SequenceEqual("token_usage_record"u8) || type.StartsWith("inter_agent_communication"u8);

    private readonly LineKind KindOfItem() => Subtype switch
    {
        var type when type.SequenceEqual("message"u8) => KindOfMessage(),
        var type when type.SequenceEqual("reasoning"u8) => HasReasoning() ? LineKind.Answer : LineKind.Hidden,
        var type when type.EndsWith("_call"u8) => LineKind.Answer,
        var type when type.EndsWith("_output"u8) => LineKind.Result,
        var type when IsHiddenItem(type) => LineKind.Hidden,
        _ => LineKind.Unknown,
    };

    private static bool IsHiddenItem(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("compaction"u8) || type.SequenceEqual("compaction_summary"u8) || type.SequenceEqual("context_compaction"u8)
        || type.SequenceEqual("ghost_snapshot"u8) || type.SequenceEqual("additional_tools"u8);

    private readonly LineKind KindOfMessage()
    {
        ReadOnlySpan<byte> role = Unquote(Member("role"u8));
        if (role.SequenceEqual("assistant"u8))
            return IsSummary ? LineKind.Hidden : LineKind.Answer;
        if (!role.SequenceEqual("user"u8))
            return LineKind.Hidden;
        var content = new UserContent(Payload);
        return content.Has(PieceKind.Shell) ? LineKind.Command
            : content.Has(PieceKind.Text) || content.Has(PieceKind.Image) ? LineKind.Prompt
            : LineKind.Hidden;
    }

    // What the provider keeps to itself comes encrypted, without a text.
    private readonly bool HasReasoning() =>
        RawJson.Items(Member("summary"u8)).Count > 0 || RawJson.Items(Member("content"u8)).Count > 0;

    private readonly LineKind KindOfEvent() => Subtype switch
    {
        var type when type.SequenceEqual("turn_aborted"u8) => LineKind.Interrupted,
        var type when type.SequenceEqual("task_complete"u8) => Member("error"u8) is [(byte)'{', ..] ? LineKind.Failed : LineKind.Hidden,
        var type when type.SequenceEqual("thread_rolled_back"u8) => LineKind.RolledBack,
        _ => LineKind.Hidden,
    };

    private static ReadOnlySpan<byte> Unquote(ReadOnlySpan<byte> value) => value.Length >= 2 && value[0] == '"' ? value[1..^1] : default;
}

/// <summary>What a line is to a reader of the conversation.</summary>
internal enum LineKind : byte
{
    /// <summary>Written for the model or by the client for itself.</summary>
    Hidden,

    /// <summary>What a person said.</summary>
    Prompt,

    /// <summary>A shell command that a person ran.</summary>
    Command,

    /// <summary>A part of an answer: text, reasoning, a tool call.</summary>
    Answer,

    /// <summary>What a tool gave back.</summary>
    Result,

    /// <summary>A turn that ended with an error.</summary>
    Failed,

    /// <summary>A turn that the person stopped.</summary>
    Interrupted,

    Compacted,

    /// <summary>The first line of a session that was taken over from another machine.</summary>
    TakenOver,

    /// <summary>Some turns before it are no longer in the conversation.</summary>
    RolledBack,

    /// <summary>A line of a type that Parley doesn't know.</summary>
    Unknown,

    /// <summary>A line that is not JSON.</summary>
    Unreadable,

    /// <summary>A line longer than <see cref="LineReader.MaxLineBytes"/>.</summary>
    TooLong,

    /// <summary>Stands for the beginning of the conversation, which is in a file that is not there.</summary>
    MissingBeginning,
}
