using Parley.Core.Sessions;
using Parley.Server.Audit;
using Parley.Server.Sharing;

namespace Parley.Server.Sessions;

/// <summary>Changes what a person may change of a session, for the API and the pages alike, and tells those who watch.</summary>
public sealed class SessionEditing(SessionAccess access, SessionStore store, SessionSharing sharing, AuditTrail trail, TimeProvider clock)
{
    /// <summary>The session as it is now; null when it is not there or not the caller's.</summary>
    /// <param name="id">The session.</param>
    /// <param name="edit">What changes; it makes sense (<see cref="SessionEdit.Problem"/>).</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="actor">The same, as the audit trail knows them.</param>
    /// <param name="cancel">The caller has gone.</param>
    public async ValueTask<SessionRecord?> EditAsync(string id, SessionEdit edit, Caller caller, Actor actor, CancellationToken cancel)
    {
        if (await access.FindAsync(id, caller, SessionAction.Edit, cancel) is not { } session)
            return null;
        trail.Note(session, AuditAction.Edited, actor);
        if (edit.IsPublic is { } isPublic)
            await sharing.ShareAsync(id, caller, new ShareRequest(Link: isPublic), CancellationToken.None);
        if (edit.LiveState is { } state)
            await store.GoOnAsync(id, state, clock.GetUtcNow(), CancellationToken.None);
        bool edited = await store.EditAsync(id, edit.TitleFor(session), edit.ExpiryFor(session, clock.GetUtcNow()), CancellationToken.None);
        return edited ? await access.FindAsync(id, caller, SessionAction.Read, cancel) : null;
    }
}
