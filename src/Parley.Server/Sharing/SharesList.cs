using Parley.Server.Hosting;
using Parley.Server.Sessions;

namespace Parley.Server.Sharing;

/// <summary>Everything that an account shares, for the API and the pages alike.</summary>
public sealed class SharesList(SessionStore sessions, ShareStore shares, PublicAddress address, TimeProvider clock)
{
    /// <summary>The sessions of an account with what opens them now, the newest first.</summary>
    public async ValueTask<List<SharedSession>> OfAsync(long accountId, HttpRequest request, CancellationToken cancel)
    {
        DateTimeOffset now = clock.GetUtcNow();
        ILookup<string, TokenShare> tokens = (await shares.ListAsync(accountId, now, cancel)).ToLookup(token => token.SessionId);
        return [.. (await sessions.ListAsync(accountId, now, cancel)).Select(session => new SharedSession(
            SessionSummary.Of(session, address.Session(request, session.Id)), SharesApi.Views(session, tokens[session.Id], address, request)))];
    }
}
