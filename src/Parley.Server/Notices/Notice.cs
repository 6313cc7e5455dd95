namespace Parley.Server.Notices;

/// <summary>What somebody is told of. Stored by name.</summary>
public enum NoticeKind
{
    /// <summary>They are invited.</summary>
    Invited,

    /// <summary>Whom they invited has joined.</summary>
    Joined,

    /// <summary>They own the session now.</summary>
    MadeOwner,

    /// <summary>Somebody wrote their name.</summary>
    Mentioned,

    /// <summary>A prompt waits for their word.</summary>
    Suggested,
}

/// <summary>Something that an account is to be told.</summary>
/// <param name="AccountId">Who is told.</param>
/// <param name="Kind">What of.</param>
/// <param name="SessionId">Where it was. Whoever may not be there any more does not see the notice either.</param>
/// <param name="ActorId">Who did it; null for nobody.</param>
/// <param name="Text">Some words of it, redacted already; null for none.</param>
/// <param name="Seq">The entry that it is about; null for none.</param>
/// <param name="InvitationId">The invitation that it is about, with which it goes; null for none.</param>
public sealed record Notice(
    long AccountId, NoticeKind Kind, string SessionId, long? ActorId = null, string? Text = null, long? Seq = null, string? InvitationId = null);
