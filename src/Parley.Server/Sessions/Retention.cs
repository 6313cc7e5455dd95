using Parley.Server.Audit;
using Parley.Server.Context;

namespace Parley.Server.Sessions;

/// <summary>
/// Deletes expired sessions, uploads of context that never came whole, and what the audit trails have kept long enough, now and then.
/// Sessions can't be read from the moment they expire; this takes their bytes away.
/// </summary>
public sealed class Retention(SessionStore store, AuditStore audit, ContextUploads uploads, TimeProvider clock, ILogger<Retention> log) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
            await SweepAsync(stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task SweepAsync(CancellationToken cancel)
    {
        try
        {
            if (await store.DeleteExpiredAsync(clock.GetUtcNow(), cancel) is > 0 and var deleted)
                log.LogInformation("Deleted {Count} expired sessions", deleted);
            await uploads.ForgetAbandonedAsync(clock.GetUtcNow(), cancel);
            await audit.ForgetAsync(clock.GetUtcNow() - AuditTrail.Kept, cancel);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            log.LogError(e, "Expired sessions could not be deleted; the next sweep tries again");
        }
    }
}
