using Parley.Core.Sessions;
using Parley.Server.Hosting;
using Parley.Server.Room;
using Parley.Server.Sessions;

namespace Parley.Server.Live;

/// <summary>The sessions that are watched on this server, and how many may watch.</summary>
public sealed class LiveFeeds : IDisposable
{
    /// <summary>How often a quiet stream gets a sign of life.</summary>
    public static readonly TimeSpan HeartbeatInterval = TimeSpan.FromSeconds(15);

    private readonly FeedSources _sources;
    private readonly Neighbours _neighbours;
    private readonly Limits _limits;
    private readonly Metrics _metrics;
    private readonly ITimer _heart;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LiveFeed> _feeds = [];
    private readonly Dictionary<string, int> _byAddress = [];

    public LiveFeeds(
        Wakes wakes, Neighbours neighbours, Viewers viewers, SessionLog log, SessionStore store, SessionAccess access, TimeProvider clock, Limits limits, Metrics metrics,
        Lazy<RoomStates> rooms, Typing typing, IHostApplicationLifetime lifetime, ILogger<LiveFeeds> logger)
    {
        _sources = new FeedSources(wakes, log, store, access, clock, logger, viewers, rooms, typing);
        (_neighbours, _limits, _metrics) = (neighbours, limits, metrics);
        neighbours.Said += Hear;
        _heart = clock.CreateTimer(static feeds => ((LiveFeeds)feeds!).Beat(), this, HeartbeatInterval, HeartbeatInterval);
        lifetime.ApplicationStopping.Register(Stop);
    }

    /// <summary>Whether streams are to end because the server does.</summary>
    internal bool IsStopping { get; private set; }

    /// <summary>How many watch the session, on other servers too.</summary>
    public int Viewers(string id) => _sources.Viewers.Count(id);

    /// <summary>Begins to watch a session that the caller may read.</summary>
    /// <param name="id">The session.</param>
    /// <param name="caller">Who reads; it is asked again whenever access changes.</param>
    /// <param name="address">Where from, for the limit; null where that is not limited.</param>
    /// <param name="from">What the reader has already.</param>
    /// <param name="full">What is full when null is returned.</param>
    public LiveReader? Open(string id, Caller caller, string? address, StreamPosition from, out StreamLimit full)
    {
        lock (_lock)
        {
            LiveFeed? feed = _feeds.GetValueOrDefault(id);
            full = address is not null && IsFull(_byAddress.GetValueOrDefault(address), _limits.StreamsPerAddress) ? StreamLimit.Address
                : feed is not null && IsFull(feed.ReaderCount, _limits.StreamsPerSession) ? StreamLimit.Session : StreamLimit.None;
            if (full != StreamLimit.None)
                return null;
            if (feed is null)
                _feeds.Add(id, feed = new LiveFeed(id, _sources));
            var reader = new LiveReader(this, feed, _sources.SessionLog, _sources.Clock, caller, from) { Address = address };
            if (address is not null)
                _byAddress[address] = _byAddress.GetValueOrDefault(address) + 1;
            feed.Add(reader);
            _metrics.StreamOpened();
            return reader;
        }
    }

    /// <summary>Shows text that is not in the log to those who watch a session, on other servers too.</summary>
    public void Say(string id, string text)
    {
        for (int start = 0, length; start < text.Length; start += length)
        {
            length = Math.Min(LiveMessage.MaxText, text.Length - start);
            if (length > 1 && char.IsHighSurrogate(text[start + length - 1]))
                length--;
            LiveMessage delta = LiveMessage.Delta(id, text.Substring(start, length));
            Hear("", delta);
            _neighbours.Say(delta);
        }
    }

    public void Dispose()
    {
        _heart.Dispose();
        ForEach(feed => feed.Dispose());
    }

    internal void Leave(LiveReader reader)
    {
        lock (_lock)
        {
            if (reader.Address is { } address && --_byAddress[address] == 0)
                _byAddress.Remove(address);
            if (reader.Feed.Remove(reader))
            {
                _feeds.Remove(reader.Feed.Id);
                reader.Feed.Dispose();
            }
        }
        _metrics.StreamClosed();
    }

    internal void Delivered(int events) => _metrics.EventsDelivered(events);

    private static bool IsFull(int count, int most) => most > 0 && count >= most;

    private void Hear(string server, LiveMessage message)
    {
        if (message.Kind != MessageKind.Delta)
            return;
        LiveFeed? feed;
        lock (_lock)
            feed = _feeds.GetValueOrDefault(message.SessionId);
        feed?.Push(SessionEvent.Delta(message.Text));
    }

    private void Beat()
    {
        _sources.Viewers.Beat();
        ForEach(feed => feed.Beat());
    }

    private void Stop()
    {
        IsStopping = true;
        ForEach(feed => feed.SignalAll());
    }

    private void ForEach(Action<LiveFeed> action)
    {
        LiveFeed[] feeds;
        lock (_lock)
            feeds = [.. _feeds.Values];
        foreach (LiveFeed feed in feeds)
            action(feed);
    }
}

/// <summary>Which limit of streams is reached.</summary>
public enum StreamLimit
{
    None,
    Session,
    Address,
}
