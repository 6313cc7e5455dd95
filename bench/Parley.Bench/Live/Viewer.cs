using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Parley.Bench.Live;

/// <summary>One who watches a session, with as little as a socket takes.</summary>
internal sealed class Viewer : IDisposable
{
    private const int BufferSize = 4096;

    // A viewer who stalls is far away: small packets and a small window, so that what the system holds for it is soon full.
    private const int StalledWindow = 2048, StalledSegment = 1400, MaxSegmentOption = 2;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly SocketAsyncEventArgs _receiving = new();
    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly EntryFinder _finder;
    private readonly Action<long> _arrived;
    private long _last;

    // Which of the 64 entries before the last one have come, the nearest in the lowest bit.
    private ulong _before;

    /// <param name="wire">How entries come.</param>
    /// <param name="arrived">Is told of each entry, on any thread.</param>
    public Viewer(Wire wire, Action<long> arrived)
    {
        _arrived = arrived;
        _finder = EntryFinder.For(wire, Count);
        _receiving.SetBuffer(_buffer, 0, BufferSize);
        _receiving.Completed += (_, _) => Receive();
    }

    /// <summary>Entries that arrived again.</summary>
    public int Doubled { get; private set; }

    /// <summary>Whether the stream has ended with word that the link was revoked.</summary>
    public bool IsRevoked => _finder.IsRevoked;

    /// <summary>When the newest byte came, a timestamp of <see cref="Stopwatch"/>.</summary>
    public long LastByteAt { get; private set; }

    /// <summary>Connects, and reads from then on unless it stalls.</summary>
    /// <exception cref="IOException">The server did not take it.</exception>
    public async Task ConnectAsync(WatchPlan plan, bool stalls)
    {
        if (stalls)
        {
            _socket.ReceiveBufferSize = StalledWindow;
            if (OperatingSystem.IsLinux())
                _socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, MaxSegmentOption, BitConverter.GetBytes(StalledSegment));
        }
        await _socket.ConnectAsync(IPAddress.Loopback, plan.Watch.Port);
        await _socket.SendAsync(Request(plan));
        int length = 0, head;
        while ((head = _buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8)) < 0)
        {
            int read = await _socket.ReceiveAsync(_buffer.AsMemory(length));
            length += read > 0 ? read : throw new IOException("The server closed the connection.");
        }
        if (!_buffer.AsSpan().StartsWith(plan.Wire == Wire.Events ? "HTTP/1.1 200"u8 : "HTTP/1.1 101"u8))
            throw new IOException($"The server answered: {Encoding.UTF8.GetString(_buffer, 0, length)}");
        if (plan.Wire == Wire.SignalR)
            await _socket.SendAsync(SignalRGreeting());
        _finder.Read(_buffer.AsSpan((head + 4)..length));
        if (!stalls)
            Wait();
    }

    public void Dispose()
    {
        _socket.Dispose();
        _receiving.Dispose();
    }

    private void Wait()
    {
        if (!_socket.ReceiveAsync(_receiving))
            Receive();
    }

    private void Receive()
    {
        try
        {
            do
            {
                if (_receiving.SocketError != SocketError.Success || _receiving.BytesTransferred == 0)
                    return;
                LastByteAt = Stopwatch.GetTimestamp();
                _finder.Read(_buffer.AsSpan(0, _receiving.BytesTransferred));
            }
            while (!_socket.ReceiveAsync(_receiving));
        }
        catch (ObjectDisposedException)
        {
            // It has left.
        }
    }

    // Posts that run at the same time may overtake each other on the way.
    private void Count(long seq)
    {
        long step = seq - _last;
        if (step > 0)
        {
            _before = (step < 64 ? _before << (int)step : 0) | (step <= 64 ? 1UL << (int)(step - 1) : 0);
            _last = seq;
        }
        else if (step == 0 || step < -64 || (_before >> (int)(-step - 1) & 1) != 0)
        {
            Doubled++;
            return;
        }
        else
        {
            _before |= 1UL << (int)(-step - 1);
        }
        _arrived(seq);
    }

    private static byte[] Request(WatchPlan plan)
    {
        string upgrade = plan.Wire == Wire.Events
            ? "Accept: text/event-stream\r\n"
            : "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
        return Encoding.ASCII.GetBytes($"GET {plan.Watch.PathAndQuery}{(plan.Wire == Wire.Events ? $"?after={plan.LastSeq}" : "")} HTTP/1.1\r\nHost: {plan.Watch.Authority}\r\n{upgrade}\r\n");
    }

    // A text frame, masked with zeros.
    private static byte[] SignalRGreeting()
    {
        byte[] text = [.. "{\"protocol\":\"json\",\"version\":1}"u8, 0x1e];
        return [0x81, (byte)(0x80 | text.Length), 0, 0, 0, 0, .. text];
    }
}
