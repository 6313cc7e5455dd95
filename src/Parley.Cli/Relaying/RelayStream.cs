using System.Net.WebSockets;
using Parley.Core.Transfer;

namespace Parley.Cli.Relaying;

/// <summary>
/// The bytes that pass through a relay: binary frames joined into a stream. Text frames are the relay's own words and never part of it, which
/// is what it does beyond <see cref="WebSocketStream"/>: the peer's leaving is the stream's end, and an error of the relay a <see cref="RelayEndedException"/>.
/// </summary>
internal sealed class RelayStream(ClientWebSocket socket) : Stream
{
    /// <summary>The most that is sent in one frame, which with its header fits a pooled buffer of 128 KiB.</summary>
    private const int FrameBytes = (128 * 1024) - 16;

    /// <summary>How long closing waits for what is on the way to the relay.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    private readonly byte[] _control = new byte[RelayMessage.MaxBytes];
    private int _controlLength;
    private bool _ended;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The next thing that the relay says; null when it closes without a word.</summary>
    /// <exception cref="IOException">The connection is lost, or what came was no message.</exception>
    public async Task<RelayMessage?> ListenAsync(CancellationToken cancel)
    {
        while (true)
        {
            ValueWebSocketReceiveResult piece = await ReceiveAsync(_control.AsMemory(_controlLength), cancel);
            if (piece.MessageType == WebSocketMessageType.Close)
                return null;
            if (piece.MessageType == WebSocketMessageType.Binary)
                throw new IOException("The relay passed something on before it joined anybody.");
            if (Take(piece) is { } message)
                return message;
        }
    }

    public async Task TellAsync(RelayMessage message, CancellationToken cancel) => await SendAsync(message.ToUtf8(), WebSocketMessageType.Text, cancel);

    /// <exception cref="RelayEndedException">The relay has ended it.</exception>
    /// <exception cref="IOException">The connection is lost.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!_ended && buffer.Length > 0)
        {
            ValueWebSocketReceiveResult piece = await ReceiveAsync(buffer, cancellationToken);
            switch (piece.MessageType)
            {
                case WebSocketMessageType.Binary when piece.Count > 0:
                    return piece.Count;
                case WebSocketMessageType.Text:
                    Hear(buffer.Span[..piece.Count], piece);
                    break;
                case WebSocketMessageType.Close:
                    _ended = true;
                    break;
            }
        }
        return 0;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (; buffer.Length > 0; buffer = buffer[Math.Min(FrameBytes, buffer.Length)..])
            await SendAsync(buffer[..Math.Min(FrameBytes, buffer.Length)], WebSocketMessageType.Binary, cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    // Closing waits for the relay's answer, so that what was written last is not lost with the connection.
    public override async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(Farewell);
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or IOException)
        {
            // The relay is gone already.
        }
        socket.Dispose();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            socket.Dispose();
        base.Dispose(disposing);
    }

    private void Hear(ReadOnlySpan<byte> bytes, ValueWebSocketReceiveResult piece)
    {
        if (!bytes.TryCopyTo(_control.AsSpan(_controlLength)))
            throw TooLong();
        if (Take(piece) is not { } message)
            return;
        _ended = true;
        if (message.Type != RelayMessage.PeerDisconnected)
            throw new RelayEndedException(RelayErrors.Unexpected(message).Message);
    }

    /// <summary>Takes a piece of a message that lies behind those before it; the message when it is whole.</summary>
    private RelayMessage? Take(ValueWebSocketReceiveResult piece)
    {
        _controlLength += piece.Count;
        if (!piece.EndOfMessage)
            return _controlLength < _control.Length ? null : throw TooLong();
        RelayMessage? message = RelayMessage.Read(_control.AsSpan(0, _controlLength));
        _controlLength = 0;
        return message ?? throw new IOException("What answers is not a relay that this version of Parley understands.");
    }

    private static IOException TooLong() => new("The relay says more than a message may hold.");

    private async ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer, CancellationToken cancel)
    {
        try
        {
            return await socket.ReceiveAsync(buffer, cancel);
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException)
        {
            throw Lost(e);
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, WebSocketMessageType type, CancellationToken cancel)
    {
        try
        {
            await socket.SendAsync(bytes, type, endOfMessage: true, cancel);
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException)
        {
            throw Lost(e);
        }
    }

    private static IOException Lost(Exception e) => new("The connection to the relay is lost.", e);
}

/// <summary>That the relay has ended a connection; its reason is the message.</summary>
internal sealed class RelayEndedException(string message) : IOException(message);
