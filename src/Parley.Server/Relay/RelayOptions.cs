namespace Parley.Server.Relay;

/// <summary>What the relay lets strangers use of this machine. Counts of 0 mean without limit.</summary>
public sealed record RelayOptions
{
    /// <summary>PARLEY_RELAY: whether this server is a relay.</summary>
    public bool IsOn { get; init; } = true;

    /// <summary>PARLEY_RELAY_ROOMS: rooms at once.</summary>
    public int Rooms { get; init; } = 1000;

    /// <summary>PARLEY_RELAY_ROOMS_PER_ADDRESS: rooms at once that one address made.</summary>
    public int RoomsPerAddress { get; init; } = 20;

    /// <summary>PARLEY_RELAY_PLACES_PER_ROOM: sockets that whoever made a room has in it at once, and so receivers.</summary>
    public int PlacesPerRoom { get; init; } = 50;

    /// <summary>PARLEY_RELAY_SOCKETS: sockets at once.</summary>
    public int Sockets { get; init; } = 2000;

    /// <summary>PARLEY_RELAY_SOCKETS_PER_ADDRESS: sockets at once from one address.</summary>
    public int SocketsPerAddress { get; init; } = 100;

    /// <summary>PARLEY_RELAY_MISSES_PER_ADDRESS: codes a minute that one address may name and that are no room's.</summary>
    public int MissesPerAddress { get; init; } = 10;

    /// <summary>PARLEY_RELAY_BYTES_PER_ROOM: what may pass through one room.</summary>
    public long BytesPerRoom { get; init; } = 16L * 1024 * 1024 * 1024;

    /// <summary>PARLEY_RELAY_IDLE_MINUTES: for how long two sockets stay joined while nothing passes.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>PARLEY_RELAY_ROOM_MINUTES: how long a room lives, whatever happens in it.</summary>
    public TimeSpan RoomTime { get; init; } = TimeSpan.FromHours(12);

    /// <summary>How long a socket may take to say what it wants.</summary>
    public static readonly TimeSpan FirstMessage = TimeSpan.FromSeconds(10);

    /// <summary>How long a room waits for whoever made it to come back.</summary>
    public static readonly TimeSpan EmptyRoom = TimeSpan.FromSeconds(30);

    /// <summary>How long a socket may take to read what is on the way to it once its peer has gone.</summary>
    public static readonly TimeSpan Farewell = TimeSpan.FromSeconds(60);

    /// <summary>The same while the server stops.</summary>
    public static readonly TimeSpan LastFarewell = TimeSpan.FromSeconds(2);

    /// <summary>How much is read and thrown away of what a socket sends behind the relay's last words to it.</summary>
    public const long UnheardBytes = 32L * 1024 * 1024;

    /// <summary>How often limits of time are looked at.</summary>
    public static readonly TimeSpan Round = TimeSpan.FromSeconds(5);

    /// <summary>Wrong passphrases after which nobody joins a room any more.</summary>
    public const int WrongGuesses = 5;

    /// <summary>How many codes of rooms that are gone are not given out again.</summary>
    public const int RetiredCodes = 65_536;

    /// <summary>The most that the relay sends in one binary frame, which with its header fits a pooled buffer of 64 KiB; frames that it takes may have any size.</summary>
    public const int FrameBytes = (64 * 1024) - 16;
}
