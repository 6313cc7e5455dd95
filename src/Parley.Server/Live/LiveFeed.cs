using Parley.Server.Room;
using Parley.Server.Sessions;

namespace Parley.Server.Live;

/// <summary>
/// One watched session: what happens to it is read once, formatted once and put into a ring of events that all its readers share, each with a cursor
/// of its own. It lives as long as somebody watches.
/// </summary>
internal sealed class LiveFeed : IDisposable
{
    /// <summary>Entries that are read from the log at once.</summary>
    public const int BatchEntries = 100;

    private const int Running = 1 << 30;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly FeedSources _sources;
    private readonly IDisposable _watching;
    private readonly Alarm _access, _presence, _driver, _typing;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _over = new();

    private readonly Lock _lock = new();
    private readonly HashSet<LiveReader> _readers = [];
    private readonly Dictionary<long, int> _byAccount = [];
    private long[] _accounts = [];
    private LiveReader[]? _present;
    private volatile bool _isQuiet = true;

    private int _pending;
    private long _lastSeq, _revision;
    private Presence _told;
    private byte[] _toldRoom = [];
    private volatile bool _isLive, _isDriverHere, _isRoom;
    private volatile AccessRound _round;

    public LiveFeed(string id, FeedSources sources)
    {
        (Id, _sources) = (id, sources);
        _round = new AccessRound(id, sources.Access);
        _access = new Alarm(sources.Clock, SignalAll);
        _presence = new Alarm(sources.Clock, TellPresence);
        _driver = new Alarm(sources.Clock, () => OnWake(Wake.State));
        _typing = new Alarm(sources.Clock, () => Push(TypingNow));
        _watching = sources.Wakes.Watch(id, OnWake);
        OnWake(Wake.State);
    }

    public string Id { get; }

    public EventRing Ring { get; } = new();

    /// <summary>Whether more may come; once <see cref="ReadyAsync"/> is done.</summary>
    public bool IsLive => _isLive;

    /// <summary>Who may read, as it was decided since access last changed. Another object means that it is to be asked again.</summary>
    public AccessRound Round => _round;

    public Presence Presence => new(_sources.Viewers.Count(Id), _isDriverHere);

    public int ReaderCount
    {
        get
        {
            lock (_lock)
                return _readers.Count;
        }
    }

    /// <summary>Who types, as it is now.</summary>
    public SessionEvent TypingNow => SessionEvent.Typing(_sources.Typing.Now(Id));

    /// <summary>
    /// What members see beside the entries, as it is now; null when the session is gone. From here on they are told when it changes: a session that
    /// nobody of them watches is spared the reading.
    /// </summary>
    public async ValueTask<SessionEvent?> RoomAsync(CancellationToken cancel)
    {
        _isRoom = true;
        return await _sources.Rooms.Value.ReadAsync(Id, cancel) is { } room ? SessionEvent.Room(room) : null;
    }

    /// <summary>Waits until the session's state is known.</summary>
    public Task ReadyAsync(CancellationToken cancel) => _ready.Task.WaitAsync(cancel);

    public void Add(LiveReader reader)
    {
        lock (_lock)
        {
            _readers.Add(reader);
            Count(reader, 1);
        }
        PresenceChanged();
    }

    /// <summary>Whether nobody is left.</summary>
    public bool Remove(LiveReader reader)
    {
        lock (_lock)
        {
            _readers.Remove(reader);
            Count(reader, -1);
            if (_readers.Count == 0)
                return true;
        }
        PresenceChanged();
        return false;
    }

    /// <summary>Has every reader ask at this time whether it may still read.</summary>
    public void AskAgainAt(DateTimeOffset time) => _access.Set(time);

    /// <summary>Tells all readers of these events.</summary>
    public void Push(params IEnumerable<SessionEvent> events)
    {
        foreach (SessionEvent next in events)
            Ring.Add(next);
        _isQuiet = false;
        SignalAll();
    }

    /// <summary>Keeps a quiet stream open, and lets go who has not read for too long.</summary>
    public void Beat()
    {
        foreach (LiveReader reader in Readers())
            reader.LetGoIfStalled();
        if (_isQuiet)
            Push(SessionEvent.Heartbeat);
        _isQuiet = true;
    }

    public void SignalAll()
    {
        foreach (LiveReader reader in Readers())
            reader.Signal();
    }

    public void Dispose()
    {
        _over.Cancel();
        _sources.Viewers.Tell(Id);
        _watching.Dispose();
        _access.Dispose();
        _presence.Dispose();
        _driver.Dispose();
        _typing.Dispose();
    }

    private LiveReader[] Readers()
    {
        lock (_lock)
            return _present ??= [.. _readers];
    }

    private void Count(LiveReader reader, int more)
    {
        _present = null;
        if (reader.AccountId is { } account)
        {
            int before = _byAccount.GetValueOrDefault(account), now = before + more;
            _byAccount[account] = now;
            if (now == 0)
                _byAccount.Remove(account);
            if (before == 0 || now == 0)
                _accounts = [.. _byAccount.Keys];
        }
        _sources.Viewers.Here(Id, _readers.Count, _accounts);
    }

    private void PresenceChanged() => _presence.Set(_sources.Clock.GetUtcNow() + Presence.Delay);

    private void TellPresence()
    {
        _sources.Viewers.Tell(Id);
        OnWake(Wake.Presence);
    }

    // One pump runs at a time; what wakes it meanwhile is done in its next round.
    private void OnWake(Wake what)
    {
        // At once: from here on no reader is told anything before access is asked for anew.
        if (what.HasFlag(Wake.Access))
            _round = new AccessRound(Id, _sources.Access);
        if (what.HasFlag(Wake.Typing) && _isRoom)
            _typing.Set(_sources.Clock.GetUtcNow() + Typing.Delay);
        what &= ~Wake.Typing;
        if (what == 0)
            return;
        if ((Interlocked.Or(ref _pending, (int)what | Running) & Running) == 0)
            _ = Task.Run(PumpAsync);
    }

    private async Task PumpAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            var what = (Wake)(Interlocked.Exchange(ref _pending, Running) & ~Running);
            if (what == 0)
            {
                if (Interlocked.CompareExchange(ref _pending, 0, Running) == Running)
                    return;
                continue;
            }
            try
            {
                await TellAsync(what, _over.Token);
            }
            catch (Exception e) when (!_over.IsCancellationRequested)
            {
                _sources.Log.LogWarning(e, "What happens in a session could not be read; it is tried again");
                Interlocked.Or(ref _pending, (int)what);
                await Task.Delay(RetryDelay, _sources.Clock, _over.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task TellAsync(Wake what, CancellationToken cancel)
    {
        if (what.HasFlag(Wake.Access))
            SignalAll();
        // The entries before the end.
        if (what.HasFlag(Wake.Entries) && _ready.Task.IsCompleted)
            await TellEntriesAsync(cancel);
        if (what.HasFlag(Wake.Corrections) && _ready.Task.IsCompleted)
            await TellCorrectionsAsync(cancel);
        if (what.HasFlag(Wake.State))
            await TellStateAsync(cancel);
        if ((what & (Wake.State | Wake.Presence)) != 0 && Presence is var now && now != _told)
        {
            _told = now;
            Push(SessionEvent.Presence(now));
        }
        if (_isRoom && (what & (Wake.Room | Wake.Access | Wake.State | Wake.Presence)) != 0)
            await TellRoomAsync(cancel);
    }

    private async Task TellRoomAsync(CancellationToken cancel)
    {
        if (await RoomAsync(cancel) is not { } room || room.Data(EventForm.Json).SequenceEqual(_toldRoom))
            return;
        _toldRoom = room.Data(EventForm.Json).ToArray();
        Push(room);
    }

    private async Task TellEntriesAsync(CancellationToken cancel)
    {
        while (await _sources.SessionLog.ReadWholeAsync(Id, _lastSeq, BatchEntries, cancel) is { Count: > 0 } entries)
        {
            _lastSeq = entries[^1].Stored.Seq;
            Push(entries.Select(SessionEvent.Entry));
        }
    }

    // Of entries up to the last one that was told: a later one is told with its new content.
    private async Task TellCorrectionsAsync(CancellationToken cancel)
    {
        while (await _sources.SessionLog.ReadCorrectedAsync(Id, _lastSeq, _revision, BatchEntries, cancel) is { Count: > 0 } entries)
        {
            _revision = entries[^1].Revision;
            Push(entries.Select(SessionEvent.Corrected));
        }
    }

    private async Task TellStateAsync(CancellationToken cancel)
    {
        SessionRecord? session = await _sources.Store.FindAsync(Id, cancel);
        DateTimeOffset now = _sources.Clock.GetUtcNow();
        bool isLive = session?.GoesOn == true, hasEnded = _isLive && !isLive;
        _isDriverHere = session is not null && Presence.IsDriverHere(session, now);
        if (_isDriverHere && session!.DriverSeenAt is { } seen)
            _driver.Set(seen + Presence.DriverPatience);
        if (hasEnded)
        {
            await TellEntriesAsync(cancel);
            await TellCorrectionsAsync(cancel);
        }
        _isLive = isLive;
        if (hasEnded)
            Push(SessionEvent.Ended);
        if (!_ready.Task.IsCompleted)
        {
            (_lastSeq, _revision) = (session?.LastSeq ?? 0, session?.Revision ?? 0);
            _ready.SetResult();
        }
    }
}

/// <summary>What a feed is fed from.</summary>
internal sealed record FeedSources(
    Wakes Wakes, SessionLog SessionLog, SessionStore Store, SessionAccess Access, TimeProvider Clock, ILogger Log, Viewers Viewers,
    Lazy<RoomStates> Rooms, Typing Typing);
