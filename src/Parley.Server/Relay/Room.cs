namespace Parley.Server.Relay;

/// <summary>Where sockets of one sender meet those of its receivers. What is in it changes under the lock of <see cref="Rooms"/> only.</summary>
/// <param name="Code">What receivers name it by.</param>
/// <param name="Ticket">What its maker's further sockets show.</param>
/// <param name="Address">Whose count it is in.</param>
/// <param name="End">When it ends at the latest.</param>
public sealed record Room(string Code, string Ticket, string Address, DateTimeOffset End)
{
    private long _bytes;

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
