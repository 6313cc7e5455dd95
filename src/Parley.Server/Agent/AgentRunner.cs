using Parley.Server.Turns;

namespace Parley.Server.Agent;

/// <summary>
/// A runner that answers by the Messages API. It takes turns over the wire, from the server that it runs in or from another one, and has some at a time.
/// </summary>
public sealed class AgentRunner(RunnerClient server, ModelApi api, AgentOptions options, TimeProvider clock, ILogger<AgentRunner> log)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly string _name = $"{Environment.MachineName}-{Guid.NewGuid():N}"[..^20];

    /// <summary>Takes turns until it is stopped; those that it has then are given back, once it is sure to be given no more.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var free = new SemaphoreSlim(options.TurnsAtOnce);
        using var left = new CancellationTokenSource();
        List<Task> running = [];
        while (!stopping.IsCancellationRequested)
        {
            await free.WaitAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested)
                break;
            running.RemoveAll(task => task.IsCompleted);
            if (await TakeAsync(options.TurnsAtOnce - running.Count, stopping) is { } turn)
                running.Add(RunAsync(turn, free, left.Token));
            else
                free.Release();
        }
        await LeaveAsync();
        await left.CancelAsync();
        await Task.WhenAll(running);
    }

    private async Task<RunnerTurn?> TakeAsync(int free, CancellationToken stopping)
    {
        try
        {
            return await server.TakeAsync(_name, free, stopping);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            if (!stopping.IsCancellationRequested)
                log.LogWarning("No turns can be taken from the server: {Message} It is tried again", e.Message);
            await Task.Delay(RetryDelay, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return null;
        }
    }

    private async Task RunAsync(RunnerTurn turn, SemaphoreSlim free, CancellationToken stopping)
    {
        try
        {
            await new TurnRun(server, api, turn, clock, log).RunAsync(stopping);
        }
        catch (Exception e)
        {
            // Its lease lapses: another attempt is made, and the turn is closed when that does not help.
            log.LogError(e, "Turn {Turn} fails", turn.TurnId);
        }
        finally
        {
            free.Release();
        }
    }

    private async Task LeaveAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2), clock);
        try
        {
            await server.LeaveAsync(_name, patience.Token);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            // It is missed soon.
        }
    }
}
