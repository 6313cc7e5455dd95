namespace Parley.Server.Relay;

/// <summary>Where sockets of one sender meet those of its receivers. What is in it changes under the lock of <see cref="Rooms"/> only.</summary>
public sealed class Room
{
    private long _bytes;

    /// <summary>What receivers name it by.</summary>
    public required string Code { get; init; }

    /// <summary>What its maker's further sockets show.</summary>
    public required string Ticket { get; init; }

    /// <summary>The address whose count it is in.</summary>
    public required string Address { get; init; }

    /// <summary>When it ends at the latest.</summary>
    public required DateTimeOffset End { get; init; }

    /// <summary>Sockets of its maker that wait for a peer.</summary>
    public List<Visitor> Waiting { get; } = [];

    /// <summary>Sockets of its maker, with a peer or without.</summary>
    public int Places { get; set; }

    /// <summary>Since when its maker has had no socket in it.</summary>
    public DateTimeOffset EmptySince { get; set; }

    public int WrongGuesses { get; set; }

    public bool IsBurnt => WrongGuesses >= RelayOptions.WrongGuesses;

    /// <summary>Counts what passes; how much has passed.</summary>
    public long Count(int bytes) => Interlocked.Add(ref _bytes, bytes);
}
