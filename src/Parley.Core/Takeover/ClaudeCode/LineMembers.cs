namespace Parley.Core.Takeover.ClaudeCode;

/// <summary>What the members of a transcript's line are, by their names.</summary>
internal static class LineMembers
{
    /// <summary>What would restore something of the sender's client: how much its agent may do without asking.</summary>
    public static bool StayBehind(ReadOnlySpan<byte> name) => name.SequenceEqual("permissionMode"u8) || name.Contains((byte)'\\');

    // Told apart by length first: this runs some twenty times for every line of the file.
    public static MemberKind KindOf(ReadOnlySpan<byte> name) => name.Length switch
    {
        3 when name.SequenceEqual("cwd"u8) => MemberKind.WorkingDirectory,
        4 when name.SequenceEqual("type"u8) || name.SequenceEqual("uuid"u8) => MemberKind.Structure,
        6 when name.SequenceEqual("isMeta"u8) => MemberKind.Structure,
        7 when name.SequenceEqual("message"u8) => MemberKind.Message,
        7 when name.SequenceEqual("agentId"u8) || name.SequenceEqual("subtype"u8) || name.SequenceEqual("version"u8) => MemberKind.Structure,
        8 when name.SequenceEqual("leafUuid"u8) => MemberKind.Link,
        8 when name.SequenceEqual("userType"u8) || name.SequenceEqual("promptId"u8) => MemberKind.Structure,
        9 when name.SequenceEqual("sessionId"u8) => MemberKind.SessionId,
        9 when name.SequenceEqual("timestamp"u8) || name.SequenceEqual("requestId"u8) => MemberKind.Structure,
        10 when name.SequenceEqual("parentUuid"u8) => MemberKind.Parent,
        10 when name.SequenceEqual("entrypoint"u8) => MemberKind.Structure,
        11 when name.SequenceEqual("isSidechain"u8) => MemberKind.Structure,
        15 when name.SequenceEqual("compactMetadata"u8) => MemberKind.Links,
        16 when name.SequenceEqual("isCompactSummary"u8) => MemberKind.Structure,
        17 when name.SequenceEqual("logicalParentUuid"u8) => MemberKind.Link,
        23 when name.SequenceEqual("sourceToolAssistantUUID"u8) => MemberKind.Link,
        _ => MemberKind.Text,
    };

    /// <summary>Whether a member of a message is the API's own, in which nobody writes.</summary>
    public static bool IsOfApi(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("id"u8) || name.SequenceEqual("type"u8) || name.SequenceEqual("model"u8) || name.SequenceEqual("usage"u8)
        || name.SequenceEqual("stop_reason"u8);
}

internal enum MemberKind
{
    /// <summary>What may hold a path or a secret: everything that isn't known to be something else.</summary>
    Text,

    /// <summary>Ids and marks, which are written as they are.</summary>
    Structure,

    Message,
    SessionId,
    WorkingDirectory,

    /// <summary>The id of the line before.</summary>
    Parent,

    /// <summary>The id of another line.</summary>
    Link,

    /// <summary>A value with ids of other lines in it.</summary>
    Links,
}
