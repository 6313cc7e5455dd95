using Parley.Core.Sessions;
using Parley.Server.Sharing;
using Parley.Server.Workspaces;

namespace Parley.Server.Sessions;

/// <summary>The one door to a session for routes and pages: missing, expired and not yours are the same null, which they answer with 404.</summary>
public sealed class SessionAccess(SessionStore store, ShareStore shares, MemberStore members, TimeProvider clock)
{
    /// <summary>The session when the caller may do this with it now, else null.</summary>
    public async ValueTask<SessionRecord?> FindAsync(string id, Caller caller, SessionAction action, CancellationToken cancel = default) =>
        (await AdmitAsync(id, caller, action, cancel))?.Session;

    /// <summary>The session with what lets the caller do this with it now, for whoever has to ask again later; else null.</summary>
    public async ValueTask<Admission?> AdmitAsync(string id, Caller caller, SessionAction action, CancellationToken cancel = default)
    {
        SessionRecord? session = await store.FindAsync(id, cancel);
        // Asked for a session that is not there too: every refusal of a token takes the same steps.
        IReadOnlyList<Grant> grants = caller switch
        {
            { ShareId: { } share } => await shares.GrantsAsync(share, id, cancel),
            { AccountId: { } account } when account != session?.OwnerId => await members.GrantsAsync(account, id, cancel),
            _ => [],
        };
        return session is not null && new Admission(caller, session, grants) is var admission && admission.Allows(action, clock.GetUtcNow())
            ? admission
            : null;
    }
}

/// <summary>A caller at a session, with the terms and grants as they were when they were looked up.</summary>
public sealed record Admission(Caller Caller, SessionRecord Session, IReadOnlyList<Grant> Grants)
{
    /// <summary>Whether the caller may do this now, as far as these terms and grants say.</summary>
    public bool Allows(SessionAction action, DateTimeOffset now) => Access.Allows(Caller, Session.Terms, Grants, action, now);

    /// <summary>What the caller is in the session; null for a mere reader.</summary>
    public MemberRole? RoleAt(DateTimeOffset now) =>
        Caller.AccountId is not { } account ? null : account == Session.OwnerId ? MemberRole.Owner : Access.RoleOf(account, Grants, now);

    /// <summary>The next time at which the answer may become another one by itself; null for never.</summary>
    public DateTimeOffset? EndsAt(DateTimeOffset now)
    {
        DateTimeOffset? next = Session.ExpiresAt > now ? Session.ExpiresAt : null;
        foreach (Grant grant in Grants)
            if (grant.ExpiresAt > now && !(grant.ExpiresAt >= next))
                next = grant.ExpiresAt;
        return next;
    }
}
