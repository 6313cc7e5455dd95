using Parley.Core.Context;
using Parley.Core.Sessions;
using Parley.Server.Sessions;

namespace Parley.Server.Context;

/// <summary>The one door to a session's context: its owner may all, its members what is theirs to open, and nobody else knows that there is one.</summary>
public sealed class ContextDoor(SessionAccess access, TimeProvider clock)
{
    /// <summary>Who looks at the context of a session; null for those who may not.</summary>
    public async ValueTask<ContextVisit?> EnterAsync(string sessionId, Caller caller, CancellationToken cancel) =>
        await access.AdmitAsync(sessionId, caller, SessionAction.Meet, cancel) is { } admission
            ? new ContextVisit(admission.Session, admission.Allows(SessionAction.Share, clock.GetUtcNow()))
            : null;

    /// <summary>The session when its context is the caller's to change; else null.</summary>
    public ValueTask<SessionRecord?> EnterAsOwnerAsync(string sessionId, Caller caller, CancellationToken cancel) =>
        access.FindAsync(sessionId, caller, SessionAction.Share, cancel);
}

/// <summary>Somebody who may look at a session's context.</summary>
/// <param name="Session">The session.</param>
/// <param name="IsOwner">Whether all of it is theirs.</param>
public sealed record ContextVisit(SessionRecord Session, bool IsOwner)
{
    /// <summary>As whom they read files.</summary>
    public ContextPermission Reader => IsOwner ? ContextPermission.Private : ContextPermission.Members;

    /// <summary>Whether they are told of a resource.</summary>
    public bool MaySee(ContextResource resource) => IsOwner || resource is { Permission: ContextPermission.Members, IsComplete: true };
}
