using Parley.Server.Data;
using Parley.Server.Live;

namespace Parley.Server.Turns;

/// <summary>
/// Knows which runners are there, and finds the turns whose runner is lost. Runners are known to all servers by the database, since each runner talks
/// to one of them.
/// </summary>
public sealed class RunnerWatch(Database database, TurnStore store, TurnRuns runs, AgentOptions options, Wakes wakes, TimeProvider clock, ILogger<RunnerWatch> log) : BackgroundService
{
    /// <summary>What runners watch, in place of a session's id: a wake here says that there may be something to take.</summary>
    public const string Door = "@runners";

    /// <summary>A runner that asks for nothing for so long is taken to be away. Longer than it waits for an answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    // It is looked so often, in the time of a lease, whether a runner is lost.
    private const int LooksPerLease = 6;

    internal const string NobodyAnswers =
        "Nothing answers here at the moment: prompts wait. The server answers itself with PARLEY_ANTHROPIC_API_KEY, or a machine does with parley host or parley-server runner.";

    private string _told = "none";

    /// <summary>Notes that a runner is there, and how many turns it would take.</summary>
    public async ValueTask SeeAsync(string name, long free, CancellationToken cancel)
    {
        bool isNew = await database.WriteAsync(
            async connection =>
            {
                bool wasHere = await connection.ExecuteAsync("UPDATE runners SET seen_at = $2, free = $3 WHERE name = $1", cancel, name, clock.GetUtcNow(), free) > 0;
                if (!wasHere)
                    await connection.ExecuteAsync("INSERT INTO runners (name, seen_at, free) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", cancel, name, clock.GetUtcNow(), free);
                return !wasHere;
            },
            cancel);
        if (isNew)
            await TellAsync(cancel);
    }

    /// <summary>Forgets a runner that says goodbye.</summary>
    public async ValueTask LeaveAsync(string name, CancellationToken cancel)
    {
        await database.WriteAsync(connection => connection.ExecuteAsync("DELETE FROM runners WHERE name = $1", cancel, name), cancel);
        await TellAsync(cancel);
    }

    /// <summary>Whether anything answers, and what to do where nothing does.</summary>
    public async ValueTask<(string State, string? Why)> StateAsync(CancellationToken cancel) =>
        await FreeAsync(cancel) switch
        {
            > 0 => ("here", null),
            0 => ("busy", null),
            _ => ("none", NobodyAnswers),
        };

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Lease / LooksPerLease, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                foreach (TurnRecord lapsed in await store.LapsedAsync(clock.GetUtcNow(), stoppingToken))
                    await runs.LapseAsync(lapsed, stoppingToken);
                await TellAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning(e, "It could not be looked for lost runners; it is tried again");
            }
        }
    }

    // How many more turns would be taken; null when no runner is there.
    private async ValueTask<long?> FreeAsync(CancellationToken cancel) => await database.ReadAsync(
        connection => connection.FirstAsync(
            "SELECT CAST(sum(free) AS BIGINT) FROM runners WHERE seen_at > $1", row => row.NumberOrNull(0), cancel, clock.GetUtcNow() - Patience),
        cancel);

    // Every server looks for itself, and tells those who watch there.
    private async ValueTask TellAsync(CancellationToken cancel)
    {
        (string state, _) = await StateAsync(cancel);
        if (Interlocked.Exchange(ref _told, state) != state)
            wakes.TellAll(Wake.Room);
    }
}
