using System.Collections.Concurrent;
using Parley.Core.Sessions;
using Parley.Server.Sessions;

namespace Parley.Server.Live;

/// <summary>
/// One watched session: what happens to it is read once, formatted once and put into a ring of events that all its readers share, each with a cursor
/// of its own. It lives as long as somebody watches.
/// </summary>
internal sealed class LiveFeed : IDisposable
{
    /// <summary>Events that the ring holds at most. Who is further behind reads from the log.</summary>
    public const int RingEvents = 256;

    /// <summary>About how many bytes they are at most; the newest stays in any case.</summary>
    public const long RingBytes = 4 * 1024 * 1024;

    /// <summary>Entries that are read from the log at once.</summary>
    public const int BatchEntries = 100;

    private const int Running = 1 << 30;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly FeedSources _sources;
    private readonly IDisposable _watching;
    private readonly Alarm _access, _presence, _driver;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _over = new();

    private readonly Lock _lock = new();
    private readonly SessionEvent[] _ring = new SessionEvent[RingEvents];
    private readonly HashSet<LiveReader> _readers = [];
    private long _first, _end, _bytes;
    private bool _isQuiet = true;

    private int _pending;
    private long _lastSeq, _revision;
    private Presence _told;
    private volatile bool _isLive, _isDriverHere;
    private volatile AccessRound _round;

    public LiveFeed(string id, FeedSources sources)
    {
        (Id, _sources) = (id, sources);
        _round = new AccessRound(id, sources.Access);
        _access = new Alarm(sources.Clock, SignalAll);
        _presence = new Alarm(sources.Clock, TellPresence);
        _driver = new Alarm(sources.Clock, () => OnWake(Wake.State));
        _watching = sources.Wakes.Watch(id, OnWake);
        OnWake(Wake.State);
    }

    public string Id { get; }

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

    /// <summary>The position after the newest event.</summary>
    public long End
    {
        get
        {
            lock (_lock)
                return _end;
        }
    }

    /// <summary>Waits until the session's state is known.</summary>
    public Task ReadyAsync(CancellationToken cancel) => _ready.Task.WaitAsync(cancel);

    public void Add(LiveReader reader)
    {
        lock (_lock)
        {
            _readers.Add(reader);
            _sources.Viewers.Here(Id, _readers.Count);
        }
        PresenceChanged();
    }

    /// <summary>Whether nobody is left.</summary>
    public bool Remove(LiveReader reader)
    {
        lock (_lock)
        {
            _readers.Remove(reader);
            _sources.Viewers.Here(Id, _readers.Count);
            if (_readers.Count == 0)
                return true;
        }
        PresenceChanged();
        return false;
    }

    /// <summary>The event at a position.</summary>
    public RingPlace At(long position, out SessionEvent? found)
    {
        lock (_lock)
        {
            found = position >= _first && position < _end ? _ring[position % RingEvents] : null;
            return found is not null ? RingPlace.Held : position < _first ? RingPlace.Gone : RingPlace.ToCome;
        }
    }

    /// <summary>Has every reader ask at this time whether it may still read.</summary>
    public void AskAgainAt(DateTimeOffset time) => _access.Set(time);

    /// <summary>Tells all readers something that is not in the log.</summary>
    public void Push(SessionEvent what)
    {
        lock (_lock)
        {
            while (_end > _first && (_end - _first == RingEvents || _bytes + what.Size > RingBytes))
                _bytes -= Drop();
            _ring[_end % RingEvents] = what;
            _bytes += what.Size;
            _end++;
            _isQuiet = what.Kind == EventKind.Heartbeat;
        }
        SignalAll();
    }

    /// <summary>Keeps a quiet stream open, and lets go who has not read for too long.</summary>
    public void Beat()
    {
        LiveReader[] readers;
        bool wasQuiet;
        lock (_lock)
        {
            readers = [.. _readers];
            (wasQuiet, _isQuiet) = (_isQuiet, true);
        }
        foreach (LiveReader reader in readers)
            reader.LetGoIfStalled();
        if (wasQuiet)
            Push(SessionEvent.Heartbeat);
    }

    public void SignalAll()
    {
        LiveReader[] readers;
        lock (_lock)
            readers = [.. _readers];
        foreach (LiveReader reader in readers)
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
    }

    private void PresenceChanged() => _presence.Set(_sources.Clock.GetUtcNow() + Presence.Delay);

    private void TellPresence()
    {
        _sources.Viewers.Tell(Id);
        OnWake(Wake.Presence);
    }

    private long Drop()
    {
        ref SessionEvent oldest = ref _ring[_first++ % RingEvents];
        long size = oldest.Size;
        oldest = null!;
        return size;
    }

    // One pump runs at a time; what wakes it meanwhile is done in its next round.
    private void OnWake(Wake what)
    {
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
        {
            _round = new AccessRound(Id, _sources.Access);
            SignalAll();
        }
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
    }

    private async Task TellEntriesAsync(CancellationToken cancel)
    {
        while (await _sources.SessionLog.ReadWholeAsync(Id, _lastSeq, BatchEntries, cancel) is { Count: > 0 } entries)
        {
            foreach (LoggedEntry entry in entries)
            {
                _lastSeq = entry.Stored.Seq;
                Push(SessionEvent.Entry(entry));
            }
        }
    }

    // Of entries up to the last one that was told: a later one is told with its new content.
    private async Task TellCorrectionsAsync(CancellationToken cancel)
    {
        while (await _sources.SessionLog.ReadCorrectedAsync(Id, _lastSeq, _revision, BatchEntries, cancel) is { Count: > 0 } entries)
        {
            foreach (LoggedEntry entry in entries)
            {
                _revision = entry.Revision;
                Push(SessionEvent.Corrected(entry));
            }
        }
    }

    private async Task TellStateAsync(CancellationToken cancel)
    {
        SessionRecord? session = await _sources.Store.FindAsync(Id, cancel);
        DateTimeOffset now = _sources.Clock.GetUtcNow();
        bool isLive = session?.Live == LiveState.Live, hasEnded = _isLive && !isLive;
        _isDriverHere = session is not null && Presence.IsDriverHere(session, now);
        if (_isDriverHere)
            _driver.Set(session!.DriverSeenAt!.Value + Presence.DriverPatience);
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

/// <summary>Whether an event of a ring can be had.</summary>
internal enum RingPlace
{
    ToCome,
    Held,

    /// <summary>It was there, and the log has what mattered of it.</summary>
    Gone,
}

/// <summary>The decisions about who may read, shared by all readers that ask as the same caller between two changes of access.</summary>
internal sealed class AccessRound(string id, SessionAccess access)
{
    private readonly ConcurrentDictionary<Caller, Lazy<Task<Admission?>>> _byCaller = new();

    public async ValueTask<Admission?> AdmitAsync(Caller caller)
    {
        Lazy<Task<Admission?>> asked = _byCaller.GetOrAdd(caller, who => new(() => access.AdmitAsync(id, who, SessionAction.Read).AsTask()));
        try
        {
            return await asked.Value;
        }
        catch
        {
            _byCaller.TryRemove(KeyValuePair.Create(caller, asked));
            throw;
        }
    }
}

/// <summary>What a feed is fed from.</summary>
internal sealed record FeedSources(
    Wakes Wakes, SessionLog SessionLog, SessionStore Store, SessionAccess Access, TimeProvider Clock, ILogger Log, Viewers Viewers);
