using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Parley.Core.Transfer;

namespace Parley.EndToEnd.Tests.Transfers.Hostile;

/// <summary>Speaks the relay's messages (docs/relay.md) as a relay does that somebody else runs: what passes through it is at the mercy of an <see cref="Interception"/>.</summary>
public sealed class HostileRelay : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, ConcurrentQueue<TaskCompletionSource<Joined>>> _rooms = new();
    private readonly CancellationTokenSource _end = new();

    private HostileRelay(WebApplication app) => _app = app;

    public Interception Between { get; } = new();

    /// <summary>The room that who asks for one is led to.</summary>
    public Func<string, string> Lead { get; set; } = room => room;

    public string Address => _app.Urls.First();

    /// <param name="certificate">For TLS; null for none.</param>
    public static async Task<HostileRelay> StartAsync(X509Certificate2? certificate = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
                listen.UseHttps(certificate);
        }));
        var relay = new HostileRelay(builder.Build());
        relay._app.UseWebSockets();
        relay._app.Run(relay.ServeAsync);
        await relay._app.StartAsync();
        return relay;
    }

    /// <summary>Vanishes, as a relay whose process is killed: every connection ends without a word.</summary>
    public async Task VanishAsync()
    {
        await _end.CancelAsync();
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _app.DisposeAsync();
        _end.Dispose();
    }

    private async Task ServeAsync(HttpContext http)
    {
        using WebSocket socket = await http.WebSockets.AcceptWebSocketAsync();
        await using CancellationTokenRegistration end = _end.Token.Register(socket.Abort);
        try
        {
            RelayMessage first = await HearAsync(socket);
            if (first.Type == RelayMessage.CreateRoom)
                await WaitAsync(socket, first.Room ?? RandomNumberGenerator.GetString(RoomCode.Alphabet, RoomCode.Length));
            else
                await JoinAsync(socket, first.Room!);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // One of them has gone.
        }
    }

    private async Task WaitAsync(WebSocket maker, string room)
    {
        var place = new TaskCompletionSource<Joined>(TaskCreationOptions.RunContinuationsAsynchronously);
        _rooms.GetOrAdd(room, _ => new()).Enqueue(place);
        await SayAsync(maker, new RelayMessage { Type = RelayMessage.RoomCreated, Room = room, Ticket = "ticket" });
        Joined joined = await place.Task.WaitAsync(_end.Token);
        await SayAsync(maker, new RelayMessage { Type = RelayMessage.PeerJoined });
        await Between.JoinAsync(new Line(maker, this), new Line(joined.Receiver, this));
        joined.Over.SetResult();
        await PartAsync(maker);
    }

    private async Task JoinAsync(WebSocket receiver, string asked)
    {
        if (!_rooms.TryGetValue(Lead(asked), out var places) || !places.TryDequeue(out var place))
        {
            await SayAsync(receiver, new RelayMessage { Type = RelayMessage.Error, Code = "ROOM_FULL", Message = "There is no place." });
            return;
        }
        await SayAsync(receiver, new RelayMessage { Type = RelayMessage.RoomJoined, Room = asked });
        var joined = new Joined(receiver, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        place.SetResult(joined);
        await joined.Over.Task.WaitAsync(_end.Token);
        await PartAsync(receiver);
    }

    private static async Task PartAsync(WebSocket socket)
    {
        if (socket.State != WebSocketState.Open)
            return;
        await SayAsync(socket, new RelayMessage { Type = RelayMessage.PeerDisconnected });
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default);
    }

    private static Task SayAsync(WebSocket socket, RelayMessage message) => socket.SendAsync(message.ToUtf8(), WebSocketMessageType.Text, true, default);

    private async Task<RelayMessage> HearAsync(WebSocket socket)
    {
        var bytes = new byte[RelayMessage.MaxBytes];
        WebSocketReceiveResult result = await socket.ReceiveAsync(bytes, default);
        Between.See(bytes.AsSpan(0, result.Count));
        return RelayMessage.Read(bytes.AsSpan(0, result.Count)) ?? throw new IOException("no message");
    }

    /// <summary>A receiver's socket, and when it is done with.</summary>
    private sealed record Joined(WebSocket Receiver, TaskCompletionSource Over);

    /// <summary>What passes of a socket, without what it says to the relay.</summary>
    private sealed class Line : Stream
    {
        private readonly WebSocket _socket;
        private readonly Pipe _came = new(new PipeOptions(pauseWriterThreshold: 4 << 20, resumeWriterThreshold: 1 << 20));

        public Line(WebSocket socket, HostileRelay relay)
        {
            _socket = socket;
            _ = ReceiveAsync(relay);
        }

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _came.Reader.AsStream().ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            _socket.SendAsync(buffer, WebSocketMessageType.Binary, true, cancellationToken);

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        private async Task ReceiveAsync(HostileRelay relay)
        {
            try
            {
                ValueWebSocketReceiveResult piece;
                do
                {
                    Memory<byte> room = _came.Writer.GetMemory(64 * 1024);
                    piece = await _socket.ReceiveAsync(room, default);
                    if (piece.MessageType == WebSocketMessageType.Text)
                        relay.Between.See(room.Span[..piece.Count]);
                    else
                        _came.Writer.Advance(piece.Count);
                    await _came.Writer.FlushAsync();
                }
                while (piece.MessageType != WebSocketMessageType.Close);
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
            {
                // It has gone.
            }
            await _came.Writer.CompleteAsync();
        }
    }
}
