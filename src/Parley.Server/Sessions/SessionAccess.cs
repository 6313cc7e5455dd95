using Parley.Core.Sessions;

namespace Parley.Server.Sessions;

/// <summary>The one door to a session for routes and pages: missing, expired and not yours are the same null, which they answer with 404.</summary>
public sealed class SessionAccess(SessionStore store, TimeProvider clock)
{
    /// <summary>The session when the caller may do this with it now, else null.</summary>
    public async ValueTask<SessionRecord?> FindAsync(string id, Caller caller, SessionAction action, CancellationToken cancel = default)
    {
        SessionRecord? session = await store.FindAsync(id, cancel);
        return session is not null && Access.Allows(caller, session.Terms, action, clock.GetUtcNow()) ? session : null;
    }
}
