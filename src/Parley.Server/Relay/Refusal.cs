using System.Net.WebSockets;
using Parley.Core.Transfer;

namespace Parley.Server.Relay;

/// <summary>Why the relay lets go of a socket, in its last words to it.</summary>
/// <param name="LastWords">The last message.</param>
/// <param name="Status">Why the socket is closed.</param>
public sealed record Refusal(RelayMessage LastWords, WebSocketCloseStatus Status = WebSocketCloseStatus.PolicyViolation)
{
    public static readonly Refusal PeerGone = new(new RelayMessage { Type = RelayMessage.PeerDisconnected }, WebSocketCloseStatus.NormalClosure);

    /// <summary>One answer for a code that is unknown, was mistyped, or whose room has ended or was burnt.</summary>
    public static readonly Refusal NoRoom = Of("NO_ROOM", "There is no room with this code: it was mistyped, or the room has ended. Ask the sender for the code that is shown now.");

    public static readonly Refusal RoomFull = Of("ROOM_FULL", "Somebody else is connected to this room: try again when they have finished.");

    public static readonly Refusal RoomBurnt = Of("ROOM_BURNT", "Too many wrong passphrases were tried in this room, so nobody can join it any more: make a new one.");

    public static readonly Refusal RoomOver = Of("ROOM_OVER", "The room has been open for as long as this relay allows: make a new one and go on.");

    public static readonly Refusal TooManyMisses = Of("TOO_MANY", "Too many wrong room codes from this address: wait a minute.");

    public static readonly Refusal TooManyRooms = Of("TOO_MANY", "This relay has too many rooms, or this address has too many in it: close some, or come again later.");

    public static readonly Refusal TooManyPlaces = Of("TOO_MANY", "Too many are connected to this room: wait until some have finished.");

    public static readonly Refusal TooMuch = Of("TOO_MUCH", "As much has passed through this room as this relay allows: make a new one and go on.");

    public static readonly Refusal Idle = Of("IDLE", "Nothing has passed for so long that this relay has let go: connect again to go on.");

    public static readonly Refusal TooSlow = Of("TOO_SLOW", "The first message must say CREATE_ROOM or JOIN_ROOM, and come within seconds.");

    public static readonly Refusal Stopping = new(Words("SERVER_STOPS", "The relay is being stopped: make a new room in a moment."), WebSocketCloseStatus.EndpointUnavailable);

    public static Refusal BadMessage(string detail) => Of("BAD_MESSAGE", detail);

    private static Refusal Of(string code, string message) => new(Words(code, message));

    private static RelayMessage Words(string code, string message) => new() { Type = RelayMessage.Error, Code = code, Message = message };
}
