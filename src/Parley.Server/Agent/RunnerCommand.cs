using System.Runtime.InteropServices;
using Parley.Server.Hosting;
using Parley.Server.Turns;

namespace Parley.Server.Agent;

/// <summary><c>parley-server runner</c>: a runner alone, for a server elsewhere.</summary>
public static class RunnerCommand
{
    /// <exception cref="OptionsException">Something is not set that it needs.</exception>
    public static async Task RunAsync(ServerOptions options, TextWriter output)
    {
        AgentOptions agent = options.Agent;
        Uri server = agent.RunnerServer ?? throw Missing("PARLEY_RUNNER_SERVER", "the address of the server that it works for");
        string token = agent.RunnerToken ?? throw Missing("PARLEY_RUNNER_TOKEN", "the same as that server's");
        if (agent.ApiKey is null)
            throw Missing("PARLEY_ANTHROPIC_API_KEY", "a key for the model's API");
        using var stopping = new CancellationTokenSource();
        using var signals = new EndSignals(stopping);
        using ILoggerFactory logs = LoggerFactory.Create(logging => ServerSetup.AddLogs(logging, options));
        using var client = new RunnerClient(server, token, TimeProvider.System);
        using var api = new ModelApi(agent, TimeProvider.System);
        await output.WriteLineAsync($"Parley's runner answers for {server}");
        await new AgentRunner(client, api, agent, TimeProvider.System, logs.CreateLogger<AgentRunner>()).RunAsync(stopping.Token);
    }

    private static OptionsException Missing(string name, string what) => new($"{name} must be set: {what}.");

    /// <summary>Asks for an orderly end on SIGTERM and on Ctrl-C.</summary>
    private sealed class EndSignals : IDisposable
    {
        private readonly PosixSignalRegistration[] _registrations;

        public EndSignals(CancellationTokenSource stopping) => _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, stopping)),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, stopping)),
        ];

        public void Dispose() => Array.ForEach(_registrations, registration => registration.Dispose());

        private static void Stop(PosixSignalContext context, CancellationTokenSource stopping)
        {
            context.Cancel = true;
            stopping.Cancel();
        }
    }
}
