using Parley.Server.Agent;
using Parley.Server.Hosting;

namespace Parley.Server.Turns;

/// <summary>What turns consist of: the queue that people see, and the desk at which runners wait.</summary>
public static class TurnsSetup
{
    public static void AddTurns(this IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton(options.Agent).AddSingleton<RunnerToken>();
        services.AddSingleton<TurnStore>().AddSingleton<WorkspaceAgents>().AddSingleton<Prompting>().AddSingleton<TurnLists>();
        services.AddSingleton<TurnRuns>().AddSingleton<TurnTools>().AddSingleton<ConversationLog>().AddSingleton<RunnerDesk>();
        services.AddSingleton<RunnerWatch>().AddHostedService(provider => provider.GetRequiredService<RunnerWatch>());
        services.AddHostedService<ServerAgent>();
    }

    public static void MapTurns(this IEndpointRouteBuilder app)
    {
        app.MapPrompts();
        app.MapAgent();
        app.MapRunners();
    }
}
