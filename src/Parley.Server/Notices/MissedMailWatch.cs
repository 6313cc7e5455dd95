namespace Parley.Server.Notices;

/// <summary>Looks now and then for people who were called and have not come.</summary>
public sealed class MissedMailWatch(MissedMail missed, TimeProvider clock, ILogger<MissedMailWatch> log) : BackgroundService
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await missed.SendDueAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning(e, "It could not be looked for people who were called and have not come; it is tried again");
            }
        }
    }
}
