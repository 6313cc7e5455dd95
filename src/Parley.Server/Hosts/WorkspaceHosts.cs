using System.Security.Cryptography;
using Parley.Server.Accounts;
using Parley.Server.Audit;
using Parley.Server.Data;
using Parley.Server.Live;
using Parley.Server.Turns;

namespace Parley.Server.Hosts;

/// <summary>
/// The machines that answer in workspaces. While one is there, this server's own runners leave its workspace to it. A token that is revoked opens
/// nothing from that moment on, and the turn that it held goes to whoever else answers.
/// </summary>
public sealed class WorkspaceHosts(Database database, HostStore store, TurnStore turns, TurnRuns runs, AuditStore audit, Wakes wakes, TimeProvider clock)
{
    private const int IdLength = 12;

    // A sign of life is written down this often.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>Lets a machine answer. Where it did already, under the same name, what it had before ends.</summary>
    /// <returns>The host and its token, which is told here and never again; null when there are too many.</returns>
    public async ValueTask<(HostRecord Host, string Token)?> AddAsync(string sessionId, long ownerId, string name, CancellationToken cancel)
    {
        List<HostRecord> there = await store.ListAsync(sessionId, cancel);
        foreach (HostRecord former in there.Where(host => host.Name == name))
            await RevokeAsync(sessionId, former.Id, ownerId, cancel);
        if (there.Count(host => host.Name != name) >= HostStore.MaxHosts)
            return null;
        var host = new HostRecord(RandomNumberGenerator.GetHexString(IdLength, lowercase: true), sessionId, name, clock.GetUtcNow(), null);
        string token = Secret.NewHostToken();
        await database.WriteAsync(
            async connection =>
            {
                await HostStore.InsertAsync(connection, host, ownerId, token, cancel);
                await NoteAsync(connection, sessionId, AuditAction.HostAdded, ownerId, name, cancel);
                return true;
            },
            cancel);
        wakes.Announce(sessionId, Wake.Room);
        return (host, token);
    }

    /// <summary>Ends a machine's right to answer; false when there is no such machine.</summary>
    public async ValueTask<bool> RevokeAsync(string sessionId, string id, long by, CancellationToken cancel)
    {
        DateTimeOffset now = clock.GetUtcNow();
        string? name = await database.WriteAsync(
            async connection =>
            {
                if (await HostStore.RevokeAsync(connection, sessionId, id, now, cancel) is not { } revoked)
                    return null;
                await TurnStore.EndLeasesAsync(connection, sessionId, HostRecord.RunnerOf(id), now, cancel);
                await NoteAsync(connection, sessionId, AuditAction.HostRevoked, by, revoked, cancel);
                return revoked;
            },
            cancel);
        if (name is not null)
            await GoneAsync(sessionId, cancel);
        return name is not null;
    }

    /// <summary>Notes a sign of life.</summary>
    public async ValueTask SeeAsync(HostRecord host, CancellationToken cancel)
    {
        if (host.SeenAt > clock.GetUtcNow() - Interval)
            return;
        await store.SeeAsync(host.Id, cancel);
        if (host.SeenAt is null)
            wakes.Announce(host.SessionId, Wake.Room);
    }

    /// <summary>The machine says goodbye.</summary>
    public async ValueTask LeaveAsync(HostRecord host, CancellationToken cancel)
    {
        await store.LeaveAsync(host.Id, cancel);
        await GoneAsync(host.SessionId, cancel);
    }

    /// <summary>Looks whether a machine has gone without a word.</summary>
    public async ValueTask LookAsync(CancellationToken cancel)
    {
        foreach (string sessionId in await store.LoseAsync(cancel))
            await GoneAsync(sessionId, cancel);
    }

    private async ValueTask GoneAsync(string sessionId, CancellationToken cancel)
    {
        foreach (TurnRecord lapsed in (await turns.LapsedAsync(clock.GetUtcNow(), cancel)).Where(turn => turn.SessionId == sessionId))
            await runs.LapseAsync(lapsed, cancel);
        wakes.Announce(sessionId, Wake.Room);
        // What the machine has left may be taken by this server's own runners.
        wakes.Announce(RunnerWatch.Door, Wake.Room);
    }

    private ValueTask NoteAsync(Connection connection, string sessionId, AuditAction action, long by, string name, CancellationToken cancel) =>
        audit.AddAsync(connection, new AuditEvent(sessionId, clock.GetUtcNow(), action, Actor.Of(by), Detail: name), cancel);
}
