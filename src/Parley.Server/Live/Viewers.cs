namespace Parley.Server.Live;

/// <summary>
/// How many watch each session and which accounts are among them, here and on the neighbours, who say so now and then and are forgotten when they
/// don't.
/// </summary>
public sealed class Viewers
{
    /// <summary>A neighbour that has not repeated its count for so long is taken to be gone.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    private readonly Neighbours _neighbours;
    private readonly Wakes _wakes;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Watching> _here = [];
    private readonly Dictionary<(string Id, string Server), (Watching Watching, DateTimeOffset Until)> _elsewhere = [];

    public Viewers(Neighbours neighbours, Wakes wakes, TimeProvider clock)
    {
        (_neighbours, _wakes, _clock) = (neighbours, wakes, clock);
        neighbours.Said += Hear;
    }

    /// <summary>How many watch the session.</summary>
    public int Count(string id)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        lock (_lock)
            return (_here.GetValueOrDefault(id)?.Count ?? 0) + (_elsewhere.Count == 0 ? 0 : Elsewhere(id, now).Sum(w => w.Count));
    }

    /// <summary>The accounts that watch the session.</summary>
    public HashSet<long> Accounts(string id)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        lock (_lock)
            return [.. _here.GetValueOrDefault(id)?.Accounts ?? [], .. Elsewhere(id, now).SelectMany(w => w.Accounts)];
    }

    /// <summary>Notes how many watch it on this server, and the accounts among them.</summary>
    internal void Here(string id, int count, IReadOnlyCollection<long> accounts)
    {
        lock (_lock)
        {
            if (count == 0)
                _here.Remove(id);
            else
                _here[id] = new Watching(count, accounts);
        }
    }

    /// <summary>Tells the neighbours who watch it on this server.</summary>
    internal void Tell(string id)
    {
        Watching watching;
        lock (_lock)
            watching = _here.GetValueOrDefault(id) ?? Watching.Nobody;
        _neighbours.Say(LiveMessage.Viewers(id, watching.Count, watching.Accounts));
    }

    /// <summary>Repeats what the neighbours were told, and forgets those of them that don't.</summary>
    internal void Beat()
    {
        string[] watched;
        List<(string Id, string Server)> gone;
        DateTimeOffset now = _clock.GetUtcNow();
        lock (_lock)
        {
            watched = [.. _here.Keys];
            gone = [.. _elsewhere.Where(e => e.Value.Until <= now).Select(e => e.Key)];
            gone.ForEach(key => _elsewhere.Remove(key));
        }
        foreach (string id in watched)
            Tell(id);
        foreach ((string id, _) in gone)
            _wakes.Tell(id, Wake.Presence);
    }

    private IEnumerable<Watching> Elsewhere(string id, DateTimeOffset now) =>
        _elsewhere.Where(e => e.Key.Id == id && e.Value.Until > now).Select(e => e.Value.Watching);

    private void Hear(string server, LiveMessage message)
    {
        if (message.Kind != MessageKind.Viewers)
            return;
        lock (_lock)
        {
            if (message.Number == 0)
                _elsewhere.Remove((message.SessionId, server));
            else
                _elsewhere[(message.SessionId, server)] = (new Watching(message.Number, [.. message.Accounts]), _clock.GetUtcNow() + Patience);
        }
        _wakes.Tell(message.SessionId, Wake.Presence);
    }

    private sealed record Watching(int Count, IReadOnlyCollection<long> Accounts)
    {
        internal static Watching Nobody { get; } = new(0, []);
    }
}
