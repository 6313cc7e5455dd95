using Parley.Server.Audit;
using Parley.Server.Hosting;
using Parley.Server.Live;
using Parley.Server.Sessions;
using Parley.Server.Workspaces;

namespace Parley.Server.Sharing;

/// <summary>Everything that an account shares, for the API and the pages alike.</summary>
public sealed class SharesList(
    SessionStore sessions, ShareStore shares, MemberStore members, AuditTrail trail, AuditStore audit, LiveFeeds feeds, PublicAddress address, TimeProvider clock)
{
    /// <summary>The sessions of an account with what opens them now, and how many are members and read them, the newest first.</summary>
    public async ValueTask<List<SharedSession>> OfAsync(long accountId, HttpRequest request, CancellationToken cancel)
    {
        await trail.FlushAsync(cancel);
        Dictionary<string, long> readers = await audit.ReadersAsync(accountId, cancel);
        Dictionary<string, long> joined = await members.CountsAsync(accountId, cancel);
        DateTimeOffset now = clock.GetUtcNow();
        ILookup<string, TokenShare> tokens = (await shares.ListAsync(accountId, now, cancel)).ToLookup(token => token.SessionId);
        return [.. (await sessions.ListAsync(accountId, now, cancel)).Select(session => new SharedSession(
            SessionSummary.Of(session, feeds.Viewers(session.Id), address.Session(request, session.Id)),
            readers.GetValueOrDefault(session.Id),
            joined.GetValueOrDefault(session.Id),
            SharesApi.Views(session, tokens[session.Id], address, request)))];
    }
}
