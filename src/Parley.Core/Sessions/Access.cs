namespace Parley.Core.Sessions;

/// <summary>Who may do what with a session. The only place where this is decided; it looks nothing up and knows no clock of its own.</summary>
public static class Access
{
    /// <summary>Whether the caller may do this now. What no line allows is denied.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="session">What with.</param>
    /// <param name="grants">Grants on this very session that the caller holds; ended ones among them open nothing.</param>
    /// <param name="action">What for.</param>
    /// <param name="now">The time at which it is asked.</param>
    public static bool Allows(Caller caller, SessionTerms session, IReadOnlyList<Grant> grants, SessionAction action, DateTimeOffset now) =>
        (caller, session, action) switch
        {
            _ when session.ExpiresAt <= now => false,
            // A token opens what it was made for and nothing beside it, so that taking it back ends what its holder sees.
            ({ ShareId: { } share }, _, _) => action == SessionAction.Read && IsGranted(share, grants, now),
            ({ AccountId: { } account }, _, _) when account == session.OwnerId => true,
            (_, { IsPublic: true }, SessionAction.Read) => true,
            ({ AccountId: { } account }, _, SessionAction.Approve) => IsApprover(account, grants, now),
            ({ AccountId: { } account }, _, _) => RoleOf(account, grants, now) >= Needed(action),
            _ => false,
        };

    /// <summary>The role of an account in a session that it does not own; null for none.</summary>
    public static MemberRole? RoleOf(long account, IReadOnlyList<Grant> grants, DateTimeOffset now)
    {
        MemberRole? role = null;
        foreach (Grant grant in grants)
            if (grant.AccountId == account && grant.IsActive(now) && !(grant.Role <= role))
                role = grant.Role;
        return role;
    }

    private static MemberRole Needed(SessionAction action) => action switch
    {
        SessionAction.Read or SessionAction.Meet => MemberRole.Viewer,
        SessionAction.Talk or SessionAction.Suggest => MemberRole.Suggester,
        SessionAction.Prompt => MemberRole.Prompter,
        _ => MemberRole.Owner,
    };

    private static bool IsApprover(long account, IReadOnlyList<Grant> grants, DateTimeOffset now)
    {
        foreach (Grant grant in grants)
            if (grant.AccountId == account && grant.MayApprove && grant.IsActive(now))
                return true;
        return false;
    }

    // A loop: this is asked for every event of every stream, and a closure would be garbage each time.
    private static bool IsGranted(string share, IReadOnlyList<Grant> grants, DateTimeOffset now)
    {
        foreach (Grant grant in grants)
            if (grant.ShareId == share && grant.IsActive(now))
                return true;
        return false;
    }
}

/// <summary>Who is asking, resolved once per request.</summary>
/// <param name="AccountId">The account that the caller's API key or sign-in belongs to; null for nobody's.</param>
/// <param name="ShareId">The share whose token the caller presents; null for none. Whoever presents one is asked for nothing else.</param>
public sealed record Caller(long? AccountId, string? ShareId = null)
{
    public static Caller Anonymous { get; } = new((long?)null);
}

/// <summary>What lets somebody do something with one session: the holder of a token, or a member.</summary>
/// <param name="ShareId">The share whose token it is; null for a member's.</param>
/// <param name="ExpiresAt">From when on it opens nothing; null for never.</param>
/// <param name="RevokedAt">When it was taken back; null when it was not.</param>
/// <param name="AccountId">The member's account; null for a token's.</param>
/// <param name="Role">What a member may do; a token's holder reads.</param>
/// <param name="MayApprove">Whether a member decides on what the agent asks for, whatever the role.</param>
public sealed record Grant(
    string? ShareId, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, long? AccountId = null, MemberRole Role = MemberRole.Viewer, bool MayApprove = false)
{
    public static Grant OfMember(long accountId, MemberRole role, bool mayApprove = false) => new(null, null, null, accountId, role, mayApprove);

    public bool IsActive(DateTimeOffset now) => RevokedAt is null && !(ExpiresAt <= now);
}

/// <summary>What of a session decides about access.</summary>
/// <param name="OwnerId">The account that shared it.</param>
/// <param name="IsPublic">Whether its link alone lets anyone read it.</param>
/// <param name="ExpiresAt">When it ends for everyone, its owner included; null for never.</param>
public readonly record struct SessionTerms(long OwnerId, bool IsPublic, DateTimeOffset? ExpiresAt);

/// <summary>What a caller wants to do with a session.</summary>
public enum SessionAction
{
    /// <summary>See its entries, as a page, as JSON, as a bundle or as a stream.</summary>
    Read,

    /// <summary>See the people, who is here, what waits for the agent, and be seen.</summary>
    Meet,

    /// <summary>Write a note to the people.</summary>
    Talk,

    /// <summary>Propose a prompt.</summary>
    Suggest,

    /// <summary>Prompt the agent, interrupt it, accept or decline what is proposed.</summary>
    Prompt,

    /// <summary>Decide on what the agent asks for before it does it.</summary>
    Approve,

    /// <summary>Change its title or its expiry.</summary>
    Edit,

    /// <summary>Drive it: append entries, correct them, end it.</summary>
    Append,

    /// <summary>Say who else may do what with it and what the agent may use, and see the audit trail.</summary>
    Share,

    Delete,
}
