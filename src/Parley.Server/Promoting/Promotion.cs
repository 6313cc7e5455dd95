using Parley.Core.Sessions;
using Parley.Server.Audit;
using Parley.Server.Context;
using Parley.Server.Data;
using Parley.Server.Live;
using Parley.Server.Sessions;
using Parley.Server.Sharing;
using Parley.Server.Workspaces;

namespace Parley.Server.Promoting;

/// <summary>
/// Promotes a session: what the agent may use, who is invited and where the conversation goes on change in one write, so that a failure or a kill
/// leaves all of it or nothing, and nobody sees a part. Doing it again does what is missing.
/// </summary>
public sealed class Promotion(
    Database database, SessionAccess access, SessionSharing sharing, ContextStore context, Invitations invitations, AuditStore audit, Wakes wakes, TimeProvider clock)
{
    /// <summary>Promotes a session on terms that make sense.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="terms">What it is to become.</param>
    /// <param name="url">Where its page is, for people to read.</param>
    /// <param name="told">Is told each step once it is done. Nobody else sees anything of it before the end, and nothing of it holds when that does not come.</param>
    /// <param name="cancel">Undoes what has been done.</param>
    /// <returns>What has become of it; null when there is no such session, or it is not the caller's.</returns>
    /// <exception cref="ContextException">Something of the context can't be shared; nothing has changed.</exception>
    /// <exception cref="InvitationException">There are too many invitations; nothing has changed.</exception>
    /// <exception cref="PromotionException">The session is no more to be promoted.</exception>
    public async ValueTask<Promoted?> RunAsync(
        string sessionId, Caller caller, PromotionTerms terms, string url, Action<PromotionStep> told, CancellationToken cancel)
    {
        if (await access.FindAsync(sessionId, caller, SessionAction.Share, cancel) is not { } session)
            return null;
        Promoted? promoted = await database.WriteAsync(connection => PromoteAsync(connection, session, terms, url, told, cancel), cancel);
        if (promoted is null)
            return null;
        wakes.Announce(sessionId, Wake.Access | Wake.Room | Wake.State);
        await invitations.SentAsync(sessionId);
        return promoted;
    }

    private async ValueTask<Promoted?> PromoteAsync(
        Connection connection, SessionRecord found, PromotionTerms terms, string url, Action<PromotionStep> told, CancellationToken cancel)
    {
        if (await LockAsync(connection, found, cancel) is not { } session)
            return null;
        if (session.Workspace == WorkspaceState.Closed)
            throw new PromotionException("This workspace is closed, and stays so: share the session anew.");
        var steps = new List<PromotionStep>();
        bool opens = terms.Mode == PromotionMode.Multiplayer && session.Workspace != WorkspaceState.Open;
        Tell(PromotionStep.Created(terms.Mode, opens, url));
        Tell(PromotionStep.Mirrored(await Conversation.CountAsync(connection, session, cancel)));
        PermittedContext? permitted = null;
        if (terms.Context is { } choice)
        {
            permitted = await context.PermitAsync(connection, session.Id, choice, cancel);
            Tell(PromotionStep.Mounted(permitted));
        }
        List<Invited> invited = await InviteAsync(connection, session, terms, cancel);
        if (invited.Count > 0)
            Tell(PromotionStep.Invited(invited));
        if (terms.Link is { } isPublic && isPublic != session.IsPublic)
            await sharing.SetLinkAsync(connection, session, isPublic, cancel);
        if (opens)
        {
            await OpenAsync(connection, session, cancel);
            Tell(PromotionStep.Routed);
        }
        return new Promoted(terms.Mode, invited, permitted, steps);

        void Tell(PromotionStep step)
        {
            steps.Add(step);
            told(step);
        }
    }

    // Whoever owns it now: it may have been handed on since it was looked at. No machine appends to it until the end of this.
    private async ValueTask<SessionRecord?> LockAsync(Connection connection, SessionRecord session, CancellationToken cancel)
    {
        int owned = await connection.ExecuteAsync(
            "UPDATE sessions SET version = version + 1 WHERE share_id = $1 AND owner_id = $2 AND (expires_at IS NULL OR expires_at > $3)",
            cancel, session.Id, session.OwnerId, clock.GetUtcNow());
        return owned > 0 ? await SessionStore.FindAsync(connection, session.Id, cancel) : null;
    }

    private async ValueTask<List<Invited>> InviteAsync(Connection connection, SessionRecord session, PromotionTerms terms, CancellationToken cancel)
    {
        var invited = new List<Invited>();
        foreach (string address in terms.Recipients)
            invited.Add(await invitations.InviteAsync(connection, session, session.OwnerId, address, terms.Role, cancel));
        return invited;
    }

    // A workspace is live for those who only read it, too.
    private async ValueTask OpenAsync(Connection connection, SessionRecord session, CancellationToken cancel)
    {
        DateTimeOffset now = clock.GetUtcNow();
        await connection.ExecuteAsync(
            "UPDATE sessions SET workspace = 'open', live_state = 'live', driver_seen_at = $2 WHERE share_id = $1", cancel, session.Id, now);
        await audit.AddAsync(connection, new AuditEvent(session.Id, now, AuditAction.Promoted, Actor.Of(session.OwnerId)), cancel);
    }
}

/// <summary>What has become of a session that was promoted.</summary>
/// <param name="Mode">Where the conversation goes on.</param>
/// <param name="Invited">Who was to be invited, and what came of that.</param>
/// <param name="Context">What the agent may use now; null when that was left as it is.</param>
/// <param name="Steps">What was done.</param>
public sealed record Promoted(PromotionMode Mode, IReadOnlyList<Invited> Invited, PermittedContext? Context, IReadOnlyList<PromotionStep> Steps);

/// <summary>A session can't be promoted; the message says why and what to do.</summary>
public sealed class PromotionException(string message) : Exception(message);
