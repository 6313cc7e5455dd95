using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Parley.Cli.Discovery;
using Parley.Cli.Terminals;

namespace Parley.Cli.Transfers;

/// <summary>The local network: a listener that is announced by name.</summary>
internal sealed class LanDoor : IDoor
{
    /// <summary>Between a receiver that could not be let in and the next.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _listener;
    private readonly ServiceAnnouncement? _announcement;

    private LanDoor(Socket listener, ServiceAnnouncement? announcement) => (_listener, _announcement) = (listener, announcement);

    /// <summary>The name that receivers find; null where it can't be announced.</summary>
    public string? Service => _announcement?.Instance;

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Where it is reached without the name.</summary>
    public IReadOnlyList<string> Addresses
    {
        get
        {
            var local = (IPEndPoint)_listener.LocalEndPoint!;
            bool isAny = local.Address.Equals(IPAddress.IPv6Any) || local.Address.Equals(IPAddress.Any);
            return [.. (isAny ? OfThisMachine() : [local.Address]).Select(address => new IPEndPoint(address, Port).ToString())];
        }
    }

    /// <exception cref="Failure">Nothing can listen there.</exception>
    public static async Task<LanDoor> OpenAsync(IPAddress? bind, int port, CancellationToken cancel)
    {
        Socket listener = Listen(bind ?? (Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any), port);
        try
        {
            // Nobody else reaches what listens on loopback only.
            bool isPrivate = bind is not null && IPAddress.IsLoopback(bind);
            return new LanDoor(listener, isPrivate ? null : await AnnounceAsync(((IPEndPoint)listener.LocalEndPoint!).Port, cancel));
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    public async Task<Arrival> AcceptAsync(CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                Socket socket = await _listener.AcceptAsync(cancel);
                socket.NoDelay = true;
                return new Arrival(new NetworkStream(socket, ownsSocket: true), AddressOf(socket));
            }
            catch (SocketException)
            {
                // Whoever came has gone already, or this process has too many files open for the moment.
                await Task.Delay(Pause, cancel);
            }
        }
    }

    public Task ReportWrongGuessAsync(Arrival arrival) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        if (_announcement is not null)
            await _announcement.DisposeAsync();
    }

    private static Socket Listen(IPAddress address, int port)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.Equals(IPAddress.IPv6Any))
                socket.DualMode = true;
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen();
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new Failure($"nothing can listen on {new IPEndPoint(address, port)}: {e.Message}. Leave --port out for a free one.");
        }
    }

    private static async Task<ServiceAnnouncement?> AnnounceAsync(int port, CancellationToken cancel)
    {
        try
        {
            return await ServiceAnnouncement.StartAsync(SessionService.NewInstance(), port, ["v=1"], cancel);
        }
        catch (Failure e)
        {
            Terminal.Error.WriteLine($"parley: this network can't be told of the sender ({e.Message.TrimEnd('.')}). Receivers need --to.");
            return null;
        }
    }

    private static IEnumerable<IPAddress> OfThisMachine() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(card => card.OperationalStatus == OperationalStatus.Up && card.NetworkInterfaceType != NetworkInterfaceType.Loopback)
        .SelectMany(card => card.GetIPProperties().UnicastAddresses)
        .Select(unicast => unicast.Address)
        .Where(address => !address.IsIPv6LinkLocal)
        .OrderBy(address => address.AddressFamily == AddressFamily.InterNetworkV6);

    private static string AddressOf(Socket socket)
    {
        IPAddress address = ((IPEndPoint)socket.RemoteEndPoint!).Address;
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }
}
