using System.Collections.Concurrent;
using Parley.Server.Data;
using Parley.Server.Sessions;

namespace Parley.Server.Audit;

/// <summary>
/// Writes down who does what, without anybody waiting for it: what the same one does again within some minutes counts once, and what is new
/// waits in memory until the next flush. A crash loses what waits; an orderly end does not.
/// </summary>
public sealed class AuditTrail(Database database, AuditStore store, TimeProvider clock, ILogger<AuditTrail> log) : BackgroundService
{
    /// <summary>For how long the same action of the same one counts as one.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    public static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(2);

    /// <summary>After which time it is forgotten what happened.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    /// <summary>How many are remembered as having just done something. Beyond it what is new is not written down.</summary>
    public const int MostRecent = 100_000;

    /// <summary>How much waits for the next flush. Beyond it what is new is not written down.</summary>
    public const int MostWaiting = 10_000;

    // So many in one transaction, so that other writes come between.
    private const int BatchSize = 500;

    private readonly ConcurrentDictionary<(string Session, AuditAction Action, Actor Actor), DateTimeOffset> _recent = new();
    private readonly ConcurrentQueue<AuditEvent> _waiting = new();
    private readonly SemaphoreSlim _flushing = new(1, 1);
    private long _missed;

    /// <summary>Notes that somebody, who may, does something with a session.</summary>
    public void Note(SessionRecord session, AuditAction action, Actor actor) => Note(session.Id, session.OwnerId, action, actor);

    /// <summary>The same, for whoever does not keep the session.</summary>
    public void Note(string sessionId, long ownerId, AuditAction action, Actor actor)
    {
        DateTimeOffset now = clock.GetUtcNow();
        (string, AuditAction, Actor) key = (sessionId, action, actor);
        if (_recent.TryGetValue(key, out DateTimeOffset last) && now - last < Window)
            return;
        if (_recent.Count >= MostRecent || _waiting.Count >= MostWaiting)
        {
            Interlocked.Increment(ref _missed);
            return;
        }
        // Two at once that are the same count as one.
        if (_recent.TryGetValue(key, out last) ? _recent.TryUpdate(key, now, last) : _recent.TryAdd(key, now))
            _waiting.Enqueue(new AuditEvent(sessionId, now, action, actor, IsReading: actor.AccountId != ownerId));
    }

    /// <summary>Writes down all that waits.</summary>
    public async Task FlushAsync(CancellationToken cancel)
    {
        await _flushing.WaitAsync(cancel);
        try
        {
            while (_waiting.Take(BatchSize).ToArray() is { Length: > 0 } batch)
            {
                await database.WriteAsync(connection => AddAsync(connection, batch, cancel), cancel);
                foreach (AuditEvent _ in batch)
                    _waiting.TryDequeue(out AuditEvent? _);
            }
        }
        finally
        {
            _flushing.Release();
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushOrLogAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _flushing.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(FlushInterval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await FlushOrLogAsync(stoppingToken);
            ForgetRecent(clock.GetUtcNow() - Window);
        }
    }

    private async ValueTask<int> AddAsync(Connection connection, AuditEvent[] batch, CancellationToken cancel)
    {
        foreach (AuditEvent happened in batch)
            await store.AddAsync(connection, happened, cancel);
        return batch.Length;
    }

    private async Task FlushOrLogAsync(CancellationToken cancel)
    {
        try
        {
            await FlushAsync(cancel);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            log.LogError(e, "The audit trail could not be written; the next flush tries again");
        }
        if (Interlocked.Exchange(ref _missed, 0) is > 0 and var missed)
            log.LogWarning("{Count} events were not written down: more at once than the audit trail takes", missed);
    }

    private void ForgetRecent(DateTimeOffset before)
    {
        foreach (KeyValuePair<(string, AuditAction, Actor), DateTimeOffset> known in _recent.Where(known => known.Value <= before))
            _recent.TryRemove(known);
    }
}
