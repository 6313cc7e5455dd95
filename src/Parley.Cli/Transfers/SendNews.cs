using System.Text.Json.Serialization;

namespace Parley.Cli.Transfers;

/// <summary>What a sender tells first: where it is to be found. <c>--json</c> prints it as the first line.</summary>
/// <param name="Service">The name in the local network; null through a relay.</param>
/// <param name="Port">The TCP port; null through a relay.</param>
/// <param name="Room">The room's code at the relay.</param>
/// <param name="Relay">The relay's address.</param>
/// <param name="Addresses">Where else than by name it is reached, e.g. <c>192.168.1.5:40123</c>.</param>
/// <param name="Command">What the receiver types.</param>
/// <param name="Passphrase">The passphrase, when it was made up here; one that was given is not repeated.</param>
/// <param name="Sessions">The ids of the offered sessions.</param>
internal sealed record SendReady(
    string? Service,
    int? Port,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Room,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Relay,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Addresses,
    string Command,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Passphrase,
    IReadOnlyList<string> Sessions);

/// <summary>Something that happened to a sender; with <c>--json</c> one object a line.</summary>
internal sealed record SendNews(SendHappening Event)
{
    /// <summary>The receiver's number, from 1 in the order of their coming.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Receiver { get; init; }

    /// <summary>Where the receiver is, e.g. <c>192.168.1.7</c> or <c>relay</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? From { get; init; }

    /// <summary>What both sides show.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Verification { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SessionId { get; init; }

    /// <summary>Bytes that are to go out of the session.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Bytes { get; init; }

    /// <summary>How many sessions arrived whole, in the end.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Sent { get; init; }

    /// <summary>Wrong guesses that are left before the sender stops.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? GuessesLeft { get; init; }

    /// <summary>Why it happened, in words.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }
}

/// <summary>What can happen to a sender.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SendHappening>))]
internal enum SendHappening
{
    /// <summary>A receiver knew the passphrase.</summary>
    [JsonStringEnumMemberName("connected")]
    Connected,

    /// <summary>Somebody tried a wrong passphrase.</summary>
    [JsonStringEnumMemberName("wrongPassphrase")]
    WrongPassphrase,

    /// <summary>A session is going out.</summary>
    [JsonStringEnumMemberName("sending")]
    Sending,

    /// <summary>A session arrived whole.</summary>
    [JsonStringEnumMemberName("sent")]
    Sent,

    /// <summary>A session could not be given.</summary>
    [JsonStringEnumMemberName("unavailable")]
    Unavailable,

    /// <summary>A receiver has gone.</summary>
    [JsonStringEnumMemberName("disconnected")]
    Disconnected,

    /// <summary>The sender has stopped.</summary>
    [JsonStringEnumMemberName("ended")]
    Ended,
}
