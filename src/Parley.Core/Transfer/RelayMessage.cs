using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parley.Core.Transfer;

/// <summary>What a relay and those who are connected to it say to each other in text frames (docs/relay.md). What is not known is left out.</summary>
public sealed partial record RelayMessage
{
    /// <summary>The most bytes of one.</summary>
    public const int MaxBytes = 1024;

    public const string CreateRoom = "CREATE_ROOM", RoomCreated = "ROOM_CREATED", JoinRoom = "JOIN_ROOM", RoomJoined = "ROOM_JOINED";

    public const string PeerJoined = "PEER_JOINED", PeerDisconnected = "PEER_DISCONNECTED", WrongGuess = "WRONG_GUESS", Error = "ERROR";

    public required string Type { get; init; }

    /// <summary>The room's code.</summary>
    public string? Room { get; init; }

    /// <summary>What shows that a socket belongs to who made the room: a secret between them and the relay.</summary>
    public string? Ticket { get; init; }

    /// <summary>What went wrong, for programs.</summary>
    public string? Code { get; init; }

    /// <summary>What went wrong and what to do, for people.</summary>
    public string? Message { get; init; }

    /// <summary>Reads one; null when it is none. Members that are not known are passed over.</summary>
    public static RelayMessage? Read(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return JsonSerializer.Deserialize(utf8, Json.Default.RelayMessage);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(this, Json.Default.RelayMessage);

    // Without its ticket.
    public override string ToString() => Code is null ? Type : $"{Type} {Code}";

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
    [JsonSerializable(typeof(RelayMessage))]
    private sealed partial class Json : JsonSerializerContext;
}
