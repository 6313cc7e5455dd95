using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Parley.EndToEnd.Tests.Hosting;

/// <summary>The way to a server on loopback, which can be cut and mended.</summary>
public sealed class CuttableNetwork : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, bool> _open = [];
    private readonly int _server;
    private readonly Task _accepting;
    private volatile bool _isCut;

    public CuttableNetwork(int server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => $"http://localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public void Cut()
    {
        _isCut = true;
        foreach (Socket socket in _open.Keys)
            socket.Close();
    }

    public void Mend() => _isCut = false;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Cut();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        List<Task> joined = [];
        try
        {
            while (true)
                joined.Add(JoinAsync(await _listener.AcceptSocketAsync()));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(joined);
        }
    }

    private async Task JoinAsync(Socket client)
    {
        using Socket one = client, other = new(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _open[one] = _open[other] = true;
            if (_isCut)
                return;
            await other.ConnectAsync(IPAddress.Loopback, _server);
            await Task.WhenAny(PassAsync(one, other), PassAsync(other, one));
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
        {
            // It was cut.
        }
        finally
        {
            _open.TryRemove(one, out _);
            _open.TryRemove(other, out _);
        }
    }

    private static async Task PassAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReceiveAsync(buffer) is var read and > 0)
            await to.SendAsync(buffer.AsMemory(0, read));
    }
}
