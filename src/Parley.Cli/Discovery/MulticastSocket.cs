using System.Net;
using System.Net.Sockets;

namespace Parley.Cli.Discovery;

/// <summary>What came in on a socket.</summary>
/// <param name="Bytes">Valid until the next datagram is received.</param>
/// <param name="From">Who sent it.</param>
/// <param name="Interface">The system's number of the interface that it came in on.</param>
/// <param name="IsToAll">Whether it was sent to the group.</param>
internal readonly record struct Datagram(ReadOnlyMemory<byte> Bytes, IPEndPoint From, int Interface, bool IsToAll);

/// <summary>A UDP socket of one family of addresses that speaks to, and on multicast DNS' own port hears, its group.</summary>
internal sealed class MulticastSocket : IDisposable
{
    /// <summary>Multicast DNS' own port: RFC 6762 §3.</summary>
    public const int Port = 5353;

    // Packets that left their link would have less (RFC 6762 §11).
    private const int Hops = 255;

    private static readonly IPAddress Group4 = IPAddress.Parse("224.0.0.251"), Group6 = IPAddress.Parse("ff02::fb");

    private readonly Socket _socket;

    private MulticastSocket(Socket socket) => _socket = socket;

    public AddressFamily Family => _socket.AddressFamily;

    /// <summary>Opens it on a port, which others may have as well; 0 for one of its own.</summary>
    /// <exception cref="SocketException">The system has no such addresses, or somebody has the port alone.</exception>
    public static MulticastSocket Open(AddressFamily family, int port)
    {
        var socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            bool is4 = family == AddressFamily.InterNetwork;
            SocketOptionLevel level = is4 ? SocketOptionLevel.IP : SocketOptionLevel.IPv6;
            if (!is4)
                socket.DualMode = false;
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.SetSocketOption(level, SocketOptionName.PacketInformation, true);
            socket.SetSocketOption(level, SocketOptionName.MulticastTimeToLive, Hops);
            socket.Bind(new IPEndPoint(is4 ? IPAddress.Any : IPAddress.IPv6Any, port));
            return new MulticastSocket(socket);
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Begins to hear the group on a link.</summary>
    public void Join(Link link)
    {
        if (link.Index(Family) is not { } index)
            return;
        try
        {
            if (Family == AddressFamily.InterNetwork)
                _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(Group4, index));
            else
                _socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.AddMembership, new IPv6MulticastOption(Group6, index));
        }
        catch (SocketException)
        {
            // It has been joined before, the link can't multicast, or it went away.
        }
    }

    /// <summary>Sends to the group on a link.</summary>
    /// <returns>False where that can't be done now, as on a link without an address of this family.</returns>
    public bool SendToAll(byte[] message, Link link)
    {
        if (link.Index(Family) is not { } index)
            return false;
        try
        {
            if (Family == AddressFamily.InterNetwork)
                _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, IPAddress.HostToNetworkOrder(index));
            IPAddress group = Family == AddressFamily.InterNetwork ? Group4 : new IPAddress(Group6.GetAddressBytes(), index);
            _socket.SendTo(message, new IPEndPoint(group, Port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Sends to one, who asks again if it does not arrive.</summary>
    public void Send(byte[] message, IPEndPoint to)
    {
        try
        {
            _socket.SendTo(message, to);
        }
        catch (SocketException)
        {
            // The way there is gone.
        }
    }

    /// <summary>The next datagram; null once the socket has been closed.</summary>
    public async ValueTask<Datagram?> ReceiveAsync(Memory<byte> buffer)
    {
        var anyone = new IPEndPoint(Family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (true)
        {
            try
            {
                SocketReceiveMessageFromResult received = await _socket.ReceiveMessageFromAsync(buffer, anyone);
                IPPacketInformation packet = received.PacketInformation;
                bool isToAll = Group4.Equals(packet.Address) || packet.Address is { IsIPv6Multicast: true };
                return new Datagram(buffer[..received.ReceivedBytes], (IPEndPoint)received.RemoteEndPoint, packet.Interface, isToAll);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.MessageSize)
            {
                // Windows tells so of a datagram that did not arrive, and of one that is longer than any that is read.
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return null;
            }
        }
    }

    public void Dispose() => _socket.Dispose();
}
