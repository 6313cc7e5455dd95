using Parley.Core.Sessions;

namespace Parley.Server.Workspaces;

/// <summary>What makes whoever accepts it a member of a session, once.</summary>
public sealed record Invitation
{
    public required string Id { get; init; }

    public required string SessionId { get; init; }

    /// <summary>Whom it is for; null for whoever has its link.</summary>
    public string? Email { get; init; }

    /// <summary>Whether its secret went to that address and nowhere else, so that whoever has it has the address.</summary>
    public required bool IsMailed { get; init; }

    /// <summary>Whether the mail was refused for good.</summary>
    public bool IsUndelivered { get; init; }

    public required MemberRole Role { get; init; }

    public required long InviterId { get; init; }

    public string InviterName { get; init; } = "";

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>From when on it can't be accepted.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The account that has accepted it; null while nobody has.</summary>
    public long? AcceptedBy { get; init; }

    /// <summary>What its link ends with; null when it was sealed with another data key than this server's.</summary>
    public string? Secret { get; init; }
}

/// <summary>What became of inviting somebody.</summary>
/// <param name="Email">The address as it is stored; empty for a link that is for anybody.</param>
/// <param name="Outcome">What has happened.</param>
/// <param name="InvitationId">The open invitation; empty for whoever is a member already.</param>
/// <param name="Secret">What ends the link that the inviter is to pass on (<c>/i/{secret}</c>); null where mail carries it, which the inviter never sees.</param>
public sealed record Invited(string Email, InviteOutcome Outcome, string InvitationId, string? Secret);

public enum InviteOutcome
{
    Invited,

    /// <summary>An invitation of that address is open; nothing was sent again.</summary>
    AlreadyInvited,

    AlreadyMember,
}

/// <summary>More invitations than are allowed; the message is for the person who invites.</summary>
public sealed class InvitationException(string message) : Exception(message);
