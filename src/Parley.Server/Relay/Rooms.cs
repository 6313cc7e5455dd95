using System.Security.Cryptography;
using System.Text;
using Parley.Core.Transfer;

namespace Parley.Server.Relay;

/// <summary>Which rooms there are and who is in them: events go in, and who is to be sent away comes out. It reads and writes no socket.</summary>
public sealed class Rooms(RelayOptions options, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly Tally _held = new(options.RoomsPerAddress, options.Rooms);
    private readonly Misses _misses = new(options.MissesPerAddress, clock);
    private readonly Dictionary<string, Room> _rooms = [];
    private readonly HashSet<Visitor> _visitors = [];
    private readonly HashSet<string> _retired = [];
    private readonly Queue<string> _retiredInOrder = [];

    public int Count
    {
        get
        {
            lock (_lock)
                return _rooms.Count;
        }
    }

    public void Enter(Visitor visitor)
    {
        visitor.MovedAt = clock.GetUtcNow();
        lock (_lock)
            _visitors.Add(visitor);
    }

    /// <summary>Makes a room with the visitor as the first in it; null when it is in.</summary>
    public Refusal? Create(Visitor visitor)
    {
        lock (_lock)
        {
            if (!_held.TryTake(visitor.Address))
                return Refusal.TooManyRooms;
            var room = new Room
            {
                Code = NewCode(),
                Ticket = RandomNumberGenerator.GetHexString(32, lowercase: true),
                Address = visitor.Address,
                End = clock.GetUtcNow() + options.RoomTime,
            };
            _rooms.Add(room.Code, room);
            AddPlace(room, visitor);
            return null;
        }
    }

    /// <summary>Adds a further socket of a room's maker; null when it is in.</summary>
    public Refusal? Return(Visitor visitor, string? code, string? ticket)
    {
        lock (_lock)
        {
            if (!_misses.Allows(visitor.Address))
                return Refusal.TooManyMisses;
            if (Find(code) is not { } room || !IsTicket(room, ticket))
                return Miss(visitor);
            if (room.IsBurnt)
                return Refusal.RoomBurnt;
            if (options.PlacesPerRoom > 0 && room.Places >= options.PlacesPerRoom)
                return Refusal.TooManyPlaces;
            AddPlace(room, visitor);
            return null;
        }
    }

    /// <summary>Joins the visitor with a socket of the room's maker that waits for somebody; null when they are joined.</summary>
    public Refusal? Join(Visitor visitor, string? code)
    {
        lock (_lock)
        {
            if (!_misses.Allows(visitor.Address))
                return Refusal.TooManyMisses;
            if (Find(code) is not { IsBurnt: false } room)
                return Miss(visitor);
            if (room.Waiting.Count == 0)
                return Refusal.RoomFull;
            // The newest: an older one may be what a lost connection has left behind.
            Visitor maker = room.Waiting[^1];
            room.Waiting.RemoveAt(room.Waiting.Count - 1);
            visitor.Room = room;
            visitor.MovedAt = maker.MovedAt = clock.GetUtcNow();
            (visitor.Peer, maker.Peer) = (maker, visitor);
            return null;
        }
    }

    /// <summary>Notes a wrong passphrase; whom to send away because it was the last.</summary>
    public IReadOnlyList<Visitor> GuessWrong(Room room)
    {
        lock (_lock)
        {
            room.WrongGuesses++;
            return room.IsBurnt ? [.. room.Waiting] : [];
        }
    }

    /// <summary>Notes what passes from a visitor to its peer; why no more of it may pass, if so.</summary>
    public Refusal? Pass(Visitor visitor, int bytes)
    {
        visitor.MovedAt = clock.GetUtcNow();
        return visitor.Room!.Count(bytes) > options.BytesPerRoom && options.BytesPerRoom > 0 ? Refusal.TooMuch : null;
    }

    /// <summary>Lets nobody join the visitor any more.</summary>
    public void Withdraw(Visitor visitor)
    {
        lock (_lock)
            visitor.Room?.Waiting.Remove(visitor);
    }

    public void Leave(Visitor visitor)
    {
        lock (_lock)
        {
            _visitors.Remove(visitor);
            if (visitor is not { IsMaker: true, Room: { } room })
                return;
            room.Waiting.Remove(visitor);
            room.Places--;
            room.EmptySince = clock.GetUtcNow();
        }
    }

    /// <summary>Ends what has lasted too long; whom to send away, and why.</summary>
    public IReadOnlyList<(Visitor Visitor, Refusal Refusal)> Sweep()
    {
        DateTimeOffset now = clock.GetUtcNow();
        lock (_lock)
        {
            foreach (Room room in _rooms.Values.Where(r => r.End <= now || (r.Places == 0 && r.EmptySince + RelayOptions.EmptyRoom <= now)).ToArray())
                Retire(room);
            return [.. from visitor in _visitors let refusal = Overdue(visitor, now) where refusal is not null select (visitor, refusal)];
        }
    }

    private Refusal? Overdue(Visitor visitor, DateTimeOffset now) => visitor switch
    {
        { Room: null } when visitor.MovedAt + RelayOptions.FirstMessage <= now => Refusal.TooSlow,
        { Room: { } room } when room.End <= now => Refusal.RoomOver,
        { Peer: { } peer } when Later(visitor.MovedAt, peer.MovedAt) + options.Idle <= now => Refusal.Idle,
        _ => null,
    };

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static void AddPlace(Room room, Visitor visitor)
    {
        (visitor.Room, visitor.IsMaker) = (room, true);
        room.Waiting.Add(visitor);
        room.Places++;
    }

    private Room? Find(string? code) => RoomCode.Parse(code) is { } known ? _rooms.GetValueOrDefault(known) : null;

    private Refusal Miss(Visitor visitor)
    {
        _misses.Add(visitor.Address);
        return Refusal.NoRoom;
    }

    private static bool IsTicket(Room room, string? ticket) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(room.Ticket), Encoding.UTF8.GetBytes(ticket ?? ""));

    private string NewCode()
    {
        string code;
        do
            code = RandomNumberGenerator.GetString(RoomCode.Alphabet, RoomCode.Length);
        while (_rooms.ContainsKey(code) || _retired.Contains(code));
        return code;
    }

    // Its visitors, if there are any, keep it until they leave; nobody finds it any more.
    private void Retire(Room room)
    {
        _rooms.Remove(room.Code);
        _held.Return(room.Address);
        _retired.Add(room.Code);
        _retiredInOrder.Enqueue(room.Code);
        if (_retired.Count > RelayOptions.RetiredCodes)
            _retired.Remove(_retiredInOrder.Dequeue());
    }
}
