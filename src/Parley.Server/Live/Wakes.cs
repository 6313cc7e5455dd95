using System.Collections.Concurrent;

namespace Parley.Server.Live;

/// <summary>
/// Tells those who watch a session that something about it has changed. A wake says what to look at and carries nothing of the session: who
/// is woken reads and asks for access again.
/// </summary>
public sealed class Wakes
{
    /// <summary>Everything about a session.</summary>
    public const Wake All = Wake.Entries | Wake.Corrections | Wake.Access | Wake.State | Wake.Presence | Wake.Room | Wake.Typing;

    private readonly ConcurrentDictionary<string, Action<Wake>> _watchers = new();
    private readonly Neighbours _neighbours;

    public Wakes(Neighbours neighbours)
    {
        _neighbours = neighbours;
        neighbours.Said += Hear;
        neighbours.Missed += () => TellAll(All);
    }

    /// <summary>Tells of a change that is already committed, here and on other servers.</summary>
    public void Announce(string sessionId, Wake what)
    {
        if (what == 0)
            return;
        Tell(sessionId, what);
        _neighbours.Say(LiveMessage.Wake(sessionId, what));
    }

    /// <summary>Tells those who watch on this server.</summary>
    internal void Tell(string sessionId, Wake what)
    {
        if (_watchers.TryGetValue(sessionId, out Action<Wake>? watchers))
            watchers(what);
    }

    /// <summary>Tells those who watch any session on this server.</summary>
    internal void TellAll(Wake what)
    {
        foreach (string sessionId in _watchers.Keys)
            Tell(sessionId, what);
    }

    /// <summary>Calls back at every change until it is disposed of; the callback returns at once and does not throw.</summary>
    public IDisposable Watch(string sessionId, Action<Wake> woken)
    {
        _watchers.AddOrUpdate(sessionId, woken, (_, others) => others + woken);
        return new Watching(this, sessionId, woken);
    }

    private void Hear(string server, LiveMessage message)
    {
        if (message.Kind == MessageKind.Wake)
            Tell(message.SessionId, (Wake)message.Number & All);
    }

    private void Leave(string sessionId, Action<Wake> woken)
    {
        while (_watchers.TryGetValue(sessionId, out Action<Wake>? before))
        {
            var after = (Action<Wake>?)Delegate.Remove(before, woken);
            bool left = after is null
                ? _watchers.TryRemove(KeyValuePair.Create(sessionId, before))
                : _watchers.TryUpdate(sessionId, after, before);
            if (left)
                return;
        }
    }

    private sealed class Watching(Wakes wakes, string sessionId, Action<Wake> woken) : IDisposable
    {
        public void Dispose() => wakes.Leave(sessionId, woken);
    }
}

/// <summary>What about a session has changed.</summary>
[Flags]
public enum Wake
{
    /// <summary>Entries were appended.</summary>
    Entries = 1,

    /// <summary>Entries that were there already have other content.</summary>
    Corrections = 2,

    /// <summary>Who may read it, or until when; a deleted session too.</summary>
    Access = 4,

    /// <summary>Whether it goes on: its driver came, left or ended it.</summary>
    State = 8,

    /// <summary>Who watches it.</summary>
    Presence = 16,

    /// <summary>What its members see beside the entries: the people, the queue, the context.</summary>
    Room = 32,

    /// <summary>Which of its members type.</summary>
    Typing = 64,
}
