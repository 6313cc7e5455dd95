using Parley.Server.Data;
using Parley.Server.Hosting;
using Parley.Server.Room;

namespace Parley.Server.Live;

/// <summary>What driving and watching sessions consists of.</summary>
public static class LiveSetup
{
    public static void AddLive(this IServiceCollection services, ServerOptions options)
    {
        if (options.Postgres is null)
        {
            services.AddSingleton<Neighbours, NoNeighbours>();
        }
        else
        {
            services.AddSingleton(provider => new PostgresNeighbours(
                (PostgresDatabase)provider.GetRequiredService<Database>(), provider.GetRequiredService<ILogger<PostgresNeighbours>>()));
            services.AddSingleton<Neighbours>(provider => provider.GetRequiredService<PostgresNeighbours>());
            services.AddHostedService(provider => provider.GetRequiredService<PostgresNeighbours>());
        }
        services.AddSingleton<Wakes>().AddSingleton<Viewers>().AddSingleton<Typing>().AddSingleton<RoomStates>();
        // What is told of a room is read of the queue, and what runs the queue tells of it.
        services.AddSingleton(provider => new Lazy<RoomStates>(provider.GetRequiredService<RoomStates>)).AddSingleton<LiveFeeds>();
        services.AddSingleton<LiveSessions>().AddSingleton<DriverLog>().AddSingleton<Forgetting>().AddSingleton<Driving>();
    }
}
