using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Live;
using Parley.Server.Sessions;

namespace Parley.Server.Room;

/// <summary>
/// Tells in a workspace's log what has happened among its people, once it is kept elsewhere: the audit trail is the account of it, and this is for
/// those who read along. In a log that a machine drives nothing is told.
/// </summary>
public sealed class RoomLog(Driving driving, SessionStore sessions, AccountStore accounts, TimeProvider clock, ILogger<RoomLog> log)
{
    /// <param name="sessionId">The session.</param>
    /// <param name="what">One of the names of <see cref="RoomEvents"/>.</param>
    /// <param name="about">Whom it is about.</param>
    /// <param name="by">Who did it; null where that is the same.</param>
    /// <param name="text">What else there is to say; null for nothing.</param>
    public async Task TellAsync(string sessionId, string what, long about, long? by = null, string? text = null)
    {
        try
        {
            if (await sessions.FindAsync(sessionId) is not { Workspace: WorkspaceState.Open })
                return;
            string name = (await accounts.GetAsync(about, CancellationToken.None)).Name;
            string? doer = by is { } account && account != about ? (await accounts.GetAsync(account, CancellationToken.None)).Name : null;
            await driving.AddAsync(sessionId, [RoomEvents.Entry(what, name, clock.GetUtcNow(), doer, text)], CancellationToken.None);
        }
        catch (Exception e)
        {
            log.LogWarning(e, "What happened among the people of a workspace could not be told in its log");
        }
    }
}
