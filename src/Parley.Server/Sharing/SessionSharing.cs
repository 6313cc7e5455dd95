using System.Security.Cryptography;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Audit;
using Parley.Server.Data;
using Parley.Server.Live;
using Parley.Server.Sessions;

namespace Parley.Server.Sharing;

/// <summary>
/// The one place where it is changed who may read a session: by the API, by JSON-RPC and at the upload. Each change is told to those who watch
/// once it is kept. Null and false are the one answer for what is not there and what is not the caller's.
/// </summary>
public sealed class SessionSharing(Database database, SessionAccess access, ShareStore shares, AuditStore audit, Wakes wakes, TimeProvider clock)
{
    /// <summary>The id of a session's public link among its shares.</summary>
    public const string LinkId = "link";

    private const int IdLength = 12;

    /// <summary>Opens a session to whoever has its link, or closes it again, in a write of the caller's, who tells those who watch after it.</summary>
    public async ValueTask SetLinkAsync(Connection connection, SessionRecord session, bool isPublic, CancellationToken cancel)
    {
        await WriteLinkAsync(connection, session.Id, isPublic, cancel);
        await NoteAsync(connection, session, isPublic ? AuditAction.Shared : AuditAction.Revoked, LinkId, cancel);
    }

    /// <summary>Shares a session in the way that is asked for, which makes sense (<see cref="ShareRequest.Problem"/>).</summary>
    public async ValueTask<Shared?> ShareAsync(string sessionId, Caller caller, ShareRequest request, CancellationToken cancel)
    {
        if (await access.FindAsync(sessionId, caller, SessionAction.Share, cancel) is not { } session)
            return null;
        TokenShare? token = request.Token is { } wanted ? New(session, wanted) : null;
        await database.WriteAsync(
            async connection =>
            {
                if (request.Link is { } isPublic)
                    await SetLinkAsync(connection, session, isPublic, cancel);
                if (token is not null)
                {
                    await shares.InsertAsync(connection, token, cancel);
                    await NoteAsync(connection, session, AuditAction.Shared, token.Label, cancel);
                }
                return true;
            },
            cancel);
        wakes.Announce(session.Id, Wake.Access);
        return new Shared(session with { IsPublic = request.Link ?? session.IsPublic }, token);
    }

    /// <summary>A session with the shares that open it now.</summary>
    public async ValueTask<(SessionRecord Session, List<TokenShare> Tokens)?> ListAsync(string sessionId, Caller caller, CancellationToken cancel) =>
        await access.FindAsync(sessionId, caller, SessionAction.Share, cancel) is { } session
            ? (session, await shares.ListAsync(session.Id, clock.GetUtcNow(), cancel))
            : null;

    /// <summary>Lets a token end later or earlier.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="shareId">The token's share; the public link ends with the session and has no end of its own.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="lifetime">From now on; null for as long as the session is there.</param>
    /// <param name="cancel">The caller has gone.</param>
    public async ValueTask<bool> MoveEndAsync(string sessionId, string shareId, Caller caller, TimeSpan? lifetime, CancellationToken cancel)
    {
        if (await access.FindAsync(sessionId, caller, SessionAction.Share, cancel) is not { } session)
            return false;
        DateTimeOffset now = clock.GetUtcNow();
        return await ChangeAsync(
            session, AuditAction.Edited, connection => ShareStore.MoveEndAsync(connection, sessionId, shareId, now, now + lifetime, cancel), cancel);
    }

    /// <summary>Takes a token or the public link back: from the answer on it opens nothing.</summary>
    public async ValueTask<bool> RevokeAsync(string sessionId, string shareId, Caller caller, CancellationToken cancel)
    {
        if (await access.FindAsync(sessionId, caller, SessionAction.Share, cancel) is not { } session)
            return false;
        return await ChangeAsync(
            session,
            AuditAction.Revoked,
            connection => shareId == LinkId
                ? CloseLinkAsync(connection, session, cancel)
                : ShareStore.RevokeAsync(connection, sessionId, shareId, clock.GetUtcNow(), cancel),
            cancel);
    }

    /// <summary>Takes back the share that a token belongs to.</summary>
    public async ValueTask<bool> RevokeAsync(string token, Caller caller, CancellationToken cancel)
    {
        TokenHolder holder = await shares.FindAsync(token, cancel);
        return await RevokeAsync(holder.SessionId, holder.ShareId, caller, cancel);
    }

    /// <summary>Changes a share, and tells of it when there was one to change.</summary>
    private async ValueTask<bool> ChangeAsync(
        SessionRecord session, AuditAction action, Func<Connection, ValueTask<string?>> change, CancellationToken cancel)
    {
        bool changed = await database.WriteAsync(
            async connection =>
            {
                if (await change(connection) is not { } share)
                    return false;
                await NoteAsync(connection, session, action, share, cancel);
                return true;
            },
            cancel);
        if (changed)
            wakes.Announce(session.Id, Wake.Access);
        return changed;
    }

    // Only its owner gets here.
    private ValueTask NoteAsync(Connection connection, SessionRecord session, AuditAction action, string share, CancellationToken cancel) =>
        audit.AddAsync(connection, new AuditEvent(session.Id, clock.GetUtcNow(), action, Actor.Of(session.OwnerId), Detail: share), cancel);

    private TokenShare New(SessionRecord session, TokenRequest wanted)
    {
        DateTimeOffset now = clock.GetUtcNow();
        string? name = string.IsNullOrWhiteSpace(wanted.Name) ? null : Field.Clean(wanted.Name.Trim());
        DateTimeOffset? end = wanted.ExpiresIn is { } seconds ? now.AddSeconds(seconds) : null;
        return new TokenShare(RandomNumberGenerator.GetHexString(IdLength, lowercase: true), session.Id, Secret.NewToken(), name, now, end);
    }

    private static async ValueTask<string?> CloseLinkAsync(Connection connection, SessionRecord session, CancellationToken cancel)
    {
        if (!session.IsPublic)
            return null;
        await WriteLinkAsync(connection, session.Id, false, cancel);
        return LinkId;
    }

    private static async ValueTask WriteLinkAsync(Connection connection, string sessionId, bool isPublic, CancellationToken cancel) =>
        await connection.ExecuteAsync("UPDATE sessions SET is_public = $2, version = version + 1 WHERE share_id = $1", cancel, sessionId, isPublic);
}

/// <summary>What has become of a request to share.</summary>
/// <param name="Session">The session, as it is shared now.</param>
/// <param name="Token">The token that was made; null when none was asked for.</param>
public sealed record Shared(SessionRecord Session, TokenShare? Token);
