namespace Parley.Server.Hosts;

/// <summary>Finds the machines that have gone without a word, and tells their workspaces.</summary>
public sealed class HostWatch(WorkspaceHosts hosts, TimeProvider clock, ILogger<HostWatch> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await hosts.LookAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning(e, "It could not be looked for machines that are gone; it is tried again");
            }
        }
    }
}
