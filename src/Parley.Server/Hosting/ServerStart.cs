using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Parley.Server.Accounts;
using Parley.Server.Data;

namespace Parley.Server.Hosting;

/// <summary>Starts a server in the order that lets nobody see it half done: schema, port, local key.</summary>
public static class ServerStart
{
    /// <returns>The line that says where it listens.</returns>
    /// <exception cref="StartupException">It can't start.</exception>
    public static async Task<string> StartServerAsync(this WebApplication app, CancellationToken cancel = default)
    {
        ServerOptions options = app.Services.GetRequiredService<ServerOptions>();
        Database database = app.Services.GetRequiredService<Database>();
        app.Services.GetRequiredService<DataKey>();
        await PrepareAsync(database, cancel);
        try
        {
            await app.StartAsync(cancel);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new StartupException($"Port {options.Port} is in use: stop what listens there, or set PORT to another one.", e);
        }
        catch (System.Net.Sockets.SocketException e)
        {
            throw new StartupException($"The server can't listen on {options.Bind}: {e.Message}. Set PARLEY_BIND to an address of this machine.", e);
        }
        string address = Address(app);
        await app.Services.GetRequiredService<LocalKey>().EnsureAsync(address, cancel);
        return $"Parley listens on {address} ({database.Description})";
    }

    /// <summary>Where the commands of this machine reach a started server.</summary>
    public static string Address(WebApplication app) => Address(app.Services);

    /// <summary>The same, for what runs within it.</summary>
    internal static string Address(IServiceProvider services)
    {
        var bound = new Uri(services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        string host = bound.Host is "127.0.0.1" or "[::1]" or "0.0.0.0" or "[::]" ? "localhost" : bound.Host;
        return $"http://{host}:{bound.Port}{services.GetRequiredService<ServerOptions>().PathBase}";
    }

    private static async Task PrepareAsync(Database database, CancellationToken cancel)
    {
        try
        {
            await Migrations.ApplyAsync(database, cancel);
        }
        catch (System.Data.Common.DbException e)
        {
            throw new StartupException($"The database can't be used ({database.Description}): {e.Message}", e);
        }
    }
}
