using Parley.Server.Hosting;
using Parley.Server.Turns;

namespace Parley.Server.Agent;

/// <summary>
/// The runner within the server, where it has a key for the model's API. It reaches the server as any other runner does: it begins when that listens,
/// and has given back what it has before that stops to.
/// </summary>
public sealed class ServerAgent(IServiceProvider services, AgentOptions options, RunnerToken token, TimeProvider clock) : IHostedLifecycleService, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (options.ApiKey is not null)
            _running = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync()
    {
        using var client = new RunnerClient(new Uri(ServerStart.Address(services) + "/"), token.Text, clock);
        using var api = new ModelApi(options, clock);
        await new AgentRunner(client, api, options, clock, services.GetRequiredService<ILogger<AgentRunner>>()).RunAsync(_stop.Token);
    }
}
