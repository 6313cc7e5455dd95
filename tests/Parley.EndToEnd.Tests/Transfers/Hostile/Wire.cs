using System.Net;
using System.Net.Sockets;

namespace Parley.EndToEnd.Tests.Transfers.Hostile;

/// <summary>A wire between a receiver and a sender that listens: what passes is at the mercy of an <see cref="Interception"/>.</summary>
public sealed class Wire : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public Wire() => _listener.Start();

    public Interception Between { get; } = new();

    public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Leads the next receiver to a sender.</summary>
    public async Task LeadAsync(int senderPort)
    {
        using TcpClient receiver = await _listener.AcceptTcpClientAsync();
        using var sender = new TcpClient();
        await sender.ConnectAsync(IPAddress.Loopback, senderPort);
        await Between.JoinAsync(sender.GetStream(), receiver.GetStream());
    }

    public void Dispose() => _listener.Dispose();
}
