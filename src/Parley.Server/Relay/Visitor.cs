using System.Buffers;
using System.Net.WebSockets;
using Parley.Core.Transfer;
using Parley.Server.Hosting;

namespace Parley.Server.Relay;

/// <summary>One socket from its first message to its end: it says which room it wants, and then passes on what it is sent without looking at it.</summary>
public sealed class Visitor(RelaySocket socket, string address, Rooms rooms, Metrics metrics)
{
    private readonly byte[] _control = new byte[RelayMessage.MaxBytes];
    private int _controlLength;
    private long _unheard;

    /// <summary>The address that it is counted under.</summary>
    public string Address { get; } = address;

    /// <summary>Where it is; null until it has said so. Like the rest of its place it is set by <see cref="Rooms"/>, once.</summary>
    public Room? Room { get; set; }

    /// <summary>Whether it is one of those who made the room.</summary>
    public bool IsMaker { get; set; }

    /// <summary>Whom it is joined with, even when that one has gone.</summary>
    public Visitor? Peer { get; set; }

    /// <summary>When it last sent something on.</summary>
    public DateTimeOffset MovedAt { get; set; }

    /// <summary>Sends it away; nobody is joined with it from then on.</summary>
    public void End(Refusal refusal)
    {
        rooms.Withdraw(this);
        if (socket.End(refusal) && refusal.LastWords.Code is { } code)
            metrics.RelayRefused(code);
    }

    /// <summary>Takes what comes until the other end closes.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (await ReceiveAsync())
            {
            }
            await socket.CloseAsync();
        }
        catch (Exception e) when (MessageSocket.IsGone(e))
        {
            // It has gone without a word, or it was given up.
        }
        finally
        {
            rooms.Leave(this);
            Peer?.End(Refusal.PeerGone);
        }
    }

    /// <summary>Takes one piece; false when there will be none.</summary>
    private async ValueTask<bool> ReceiveAsync()
    {
        // Whoever waits holds no buffer.
        ValueWebSocketReceiveResult piece = await socket.ReceiveAsync(Memory<byte>.Empty);
        if (piece.EndOfMessage || piece.MessageType == WebSocketMessageType.Close)
            return await TakeAsync(piece, default);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(RelayOptions.FrameBytes);
        try
        {
            piece = await socket.ReceiveAsync(buffer.AsMemory(0, RelayOptions.FrameBytes));
            return await TakeAsync(piece, buffer.AsMemory(0, piece.Count));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask<bool> TakeAsync(ValueWebSocketReceiveResult piece, ReadOnlyMemory<byte> bytes)
    {
        if (piece.MessageType == WebSocketMessageType.Close || !IsHeard(bytes.Length))
            return false;
        if (piece.MessageType == WebSocketMessageType.Text)
            await ListenAsync(bytes, piece.EndOfMessage);
        else if (bytes.Length > 0)
            await PassAsync(bytes);
        return true;
    }

    /// <summary>Whether to go on reading: behind the last words only what can have been on the way.</summary>
    private bool IsHeard(int bytes) => !socket.IsEnding || (_unheard += bytes) <= RelayOptions.UnheardBytes;

    private async ValueTask PassAsync(ReadOnlyMemory<byte> bytes)
    {
        if (socket.IsEnding)
            return;
        if (Peer is not { } peer)
        {
            End(Refusal.BadMessage("Binary frames have nowhere to go before PEER_JOINED or ROOM_JOINED."));
        }
        else if (rooms.Pass(this, bytes.Length) is { } refusal)
        {
            End(refusal);
            peer.End(refusal);
        }
        else if (await peer.DeliverAsync(bytes))
        {
            metrics.RelayPassed(bytes.Length);
        }
    }

    private ValueTask<bool> DeliverAsync(ReadOnlyMemory<byte> bytes) => socket.SendAsync(bytes, WebSocketMessageType.Binary);

    private ValueTask<bool> TellAsync(RelayMessage message) => socket.SendAsync(message);

    private async ValueTask ListenAsync(ReadOnlyMemory<byte> bytes, bool isWhole)
    {
        if (_controlLength + bytes.Length > _control.Length)
        {
            End(Refusal.BadMessage($"A text message has at most {RelayMessage.MaxBytes} bytes."));
            return;
        }
        bytes.CopyTo(_control.AsMemory(_controlLength));
        _controlLength += bytes.Length;
        if (!isWhole)
            return;
        RelayMessage? message = RelayMessage.Read(_control.AsSpan(0, _controlLength));
        _controlLength = 0;
        if (await AnswerAsync(message) is { } refusal)
            End(refusal);
    }

    /// <summary>Does what a message asks for; why not, otherwise.</summary>
    private async ValueTask<Refusal?> AnswerAsync(RelayMessage? message)
    {
        switch (message)
        {
            // The peer of a wrong guess may have gone before it is reported.
            case { Type: RelayMessage.WrongGuess } when IsMaker && Peer is not null:
                foreach (Visitor other in rooms.GuessWrong(Room!))
                    other.End(Refusal.RoomBurnt);
                return null;
            case var _ when socket.IsEnding:
                return null;
            case { Type: RelayMessage.CreateRoom } when Room is null:
                return message.Room is null && message.Ticket is null ? await CreateAsync() : await ReturnAsync(message);
            case { Type: RelayMessage.JoinRoom } when Room is null:
                return await JoinAsync(message);
            default:
                return Refusal.BadMessage("A text message is CREATE_ROOM or JOIN_ROOM, once and first, or WRONG_GUESS from whoever made the room.");
        }
    }

    private async ValueTask<Refusal?> CreateAsync()
    {
        if (rooms.Create(this) is { } refusal)
            return refusal;
        metrics.RelayRoomMade();
        await TellAsync(new RelayMessage { Type = RelayMessage.RoomCreated, Room = Room!.Code, Ticket = Room.Ticket });
        return null;
    }

    private async ValueTask<Refusal?> ReturnAsync(RelayMessage message)
    {
        if (rooms.Return(this, message.Room, message.Ticket) is { } refusal)
            return refusal;
        await TellAsync(new RelayMessage { Type = RelayMessage.RoomCreated, Room = Room!.Code, Ticket = Room.Ticket });
        return null;
    }

    private async ValueTask<Refusal?> JoinAsync(RelayMessage message)
    {
        if (rooms.Join(this, message.Room) is { } refusal)
            return refusal;
        metrics.RelayJoined();
        // In this order, so that nothing reaches the one that joins before it knows that it has.
        await TellAsync(new RelayMessage { Type = RelayMessage.RoomJoined, Room = Room!.Code });
        await Peer!.TellAsync(new RelayMessage { Type = RelayMessage.PeerJoined });
        return null;
    }
}
