using Parley.Server.Live;

namespace Parley.Server.Room;

/// <summary>Which members type in which session and what they show of it, here and on the neighbours. It is stored nowhere.</summary>
public sealed class Typing : IDisposable
{
    /// <summary>Who does not say so again within this time has stopped.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    /// <summary>What changes within this time is told as one.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(150);

    /// <summary>The longest text that is shown while it is typed, in UTF-16 code units: its end, where it is longer.</summary>
    public const int MaxDraft = 200;

    private readonly Neighbours _neighbours;
    private readonly Wakes _wakes;
    private readonly TimeProvider _clock;
    private readonly Alarm _sweep;
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Session, long Account), (string Draft, DateTimeOffset Until)> _typing = [];

    public Typing(Neighbours neighbours, Wakes wakes, TimeProvider clock)
    {
        (_neighbours, _wakes, _clock) = (neighbours, wakes, clock);
        _sweep = new Alarm(clock, Sweep);
        neighbours.Said += Hear;
    }

    /// <summary>Notes that a member types.</summary>
    /// <param name="id">The session.</param>
    /// <param name="account">Who.</param>
    /// <param name="draft">What they show of it, at most <see cref="MaxDraft"/>; empty when they show nothing; null when they no longer type.</param>
    public void Note(string id, long account, string? draft)
    {
        LiveMessage message = LiveMessage.Typing(id, account, draft);
        Hear("", message);
        _neighbours.Say(message);
    }

    /// <summary>Who types in a session, by their accounts' ids.</summary>
    public IReadOnlyList<Typist> Now(string id)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        lock (_lock)
            return [.. _typing.Where(t => t.Key.Session == id && t.Value.Until > now).OrderBy(t => t.Key.Account).Select(t => new Typist(t.Key.Account, t.Value.Draft))];
    }

    public void Dispose() => _sweep.Dispose();

    private void Hear(string server, LiveMessage message)
    {
        if (message.Kind != MessageKind.Typing)
            return;
        (string, long) who = (message.SessionId, message.Account);
        DateTimeOffset until = _clock.GetUtcNow() + Patience;
        bool changed;
        lock (_lock)
        {
            changed = message.Number == 0 ? _typing.Remove(who) : !_typing.TryGetValue(who, out var before) || before.Draft != message.Text;
            if (message.Number != 0)
                _typing[who] = (message.Text, until);
        }
        if (changed)
            _wakes.Tell(message.SessionId, Wake.Typing);
        if (message.Number != 0)
            _sweep.Set(until);
    }

    private void Sweep()
    {
        List<(string Session, long Account)> over;
        DateTimeOffset now = _clock.GetUtcNow();
        DateTimeOffset? next;
        lock (_lock)
        {
            over = [.. _typing.Where(t => t.Value.Until <= now).Select(t => t.Key)];
            over.ForEach(who => _typing.Remove(who));
            next = _typing.Count > 0 ? _typing.Values.Min(t => t.Until) : null;
        }
        foreach (string id in over.Select(who => who.Session).Distinct())
            _wakes.Tell(id, Wake.Typing);
        if (next is { } at)
            _sweep.Set(at);
    }
}

/// <summary>A member who types.</summary>
/// <param name="Id">Their account.</param>
/// <param name="Draft">What they show of it; empty when they show nothing.</param>
public sealed record Typist(long Id, string Draft);
