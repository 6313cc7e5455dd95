using Parley.Server.Hosting;
using Parley.Server.Relay;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Relay;

using Room = Server.Relay.Room;

/// <summary>The rooms without any socket: events in, decisions out.</summary>
public sealed class RoomsTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void Codes_don_t_come_again()
    {
        Rooms rooms = NewRooms(new RelayOptions { Rooms = 0, RoomsPerAddress = 0 });
        var codes = new HashSet<string>();
        for (int i = 0; i < 20_000; i++)
        {
            Visitor maker = Enter(rooms);
            Assert.Null(rooms.Create(maker));
            Assert.True(codes.Add(maker.Room!.Code));
            rooms.Leave(maker);
            if (i % 1000 == 0)
                Pass(rooms, RelayOptions.EmptyRoom);
        }
    }

    [Fact]
    public void The_newest_place_is_taken_first()
    {
        Rooms rooms = NewRooms(new RelayOptions());
        Visitor stale = Enter(rooms), fresh = Enter(rooms), joiner = Enter(rooms);
        rooms.Create(stale);
        rooms.Return(fresh, stale.Room!.Code, stale.Room.Ticket);

        Assert.Null(rooms.Join(joiner, stale.Room.Code));

        Assert.Same(fresh, joiner.Peer);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_happens_peers_are_each_others_and_nothing_is_left_in_the_end(int seed)
    {
        var random = new Random(seed);
        var options = new RelayOptions { Rooms = 10, RoomsPerAddress = 3, PlacesPerRoom = 3, MissesPerAddress = 5 };
        Rooms rooms = NewRooms(options);
        var all = new List<Visitor>();
        for (int i = 0; i < 5000; i++)
        {
            Step(rooms, all, random);
            Assert.InRange(rooms.Count, 0, options.Rooms);
            Assert.All(all.Where(v => v.Peer is not null), v => Assert.True(v.Peer!.Peer == v && v.Peer.Room == v.Room && v.IsMaker != v.Peer.IsMaker));
        }

        all.ForEach(rooms.Leave);
        Pass(rooms, RelayOptions.EmptyRoom);

        Assert.Equal(0, rooms.Count);
        Assert.All(Enumerable.Range(0, options.Rooms), i => Assert.Null(rooms.Create(Enter(rooms, $"{i}"))));
        Assert.Equal(Refusal.TooManyRooms, rooms.Create(Enter(rooms)));
    }

    private void Step(Rooms rooms, List<Visitor> all, Random random)
    {
        Room[] known = [.. all.Select(v => v.Room).OfType<Room>()];
        Room? room = known.Length > 0 ? known[random.Next(known.Length)] : null;
        Visitor visitor = Enter(rooms, $"{random.Next(4)}");
        all.Add(visitor);
        switch (random.Next(10))
        {
            case 0 or 1:
                rooms.Create(visitor);
                break;
            case 2:
                rooms.Return(visitor, room?.Code, random.Next(3) > 0 ? room?.Ticket : "");
                break;
            case 3 or 4 or 5:
                rooms.Join(visitor, random.Next(9) > 0 ? room?.Code : "222222");
                break;
            case 6 when room is not null:
                rooms.GuessWrong(room);
                break;
            case 7:
                Pass(rooms, TimeSpan.FromSeconds(random.Next(40)));
                break;
            default:
                Visitor leaver = all[random.Next(all.Count)];
                rooms.Withdraw(leaver);
                rooms.Leave(leaver);
                all.Remove(leaver);
                break;
        }
    }

    private void Pass(Rooms rooms, TimeSpan time)
    {
        _clock.Advance(time);
        rooms.Sweep();
    }

    private Rooms NewRooms(RelayOptions options) => new(options, _clock);

    private static Visitor Enter(Rooms rooms, string address = "here")
    {
        var visitor = new Visitor(null!, address, rooms, new Metrics());
        rooms.Enter(visitor);
        return visitor;
    }
}
