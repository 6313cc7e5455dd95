namespace Parley.Core.Transfer;

/// <summary>What a receiver does, as the sender sees it.</summary>
public abstract record SendEvent(string Id);

/// <summary>It looked at a session.</summary>
public sealed record SessionPreviewed(string Id) : SendEvent(Id);

/// <summary>It asked for a session, of which so many bytes are to go out.</summary>
public sealed record SessionChosen(string Id, long Bytes) : SendEvent(Id);

/// <summary>So many of those bytes went out, or were there from an earlier attempt.</summary>
public sealed record SessionProgress(string Id, long Sent, long Bytes) : SendEvent(Id);

/// <summary>It has the session whole.</summary>
public sealed record SessionDelivered(string Id) : SendEvent(Id);

/// <summary>It could not be given the session; the message says why.</summary>
public sealed record SessionUnavailable(string Id, string Message) : SendEvent(Id);

/// <summary>What one receiver got.</summary>
/// <param name="Delivered">The ids of the sessions that it says it has whole.</param>
/// <param name="Complete">Whether it said goodbye; otherwise the connection ended under way.</param>
public sealed record SendOutcome(IReadOnlyList<string> Delivered, bool Complete);

/// <summary>How far a session has come.</summary>
/// <param name="Received">Bytes that are there, those of earlier attempts included.</param>
/// <param name="Total">Bytes of the session.</param>
/// <param name="File">The name of the file that they belong to.</param>
public sealed record FetchProgress(long Received, long Total, string File);
