using System.Threading.Tasks.Sources;
using Parley.Core.Sessions;
using Parley.Server.Sessions;

namespace Parley.Server.Live;

/// <summary>
/// One who watches a session. It subscribes first, then reads from the log what came before, and then follows the shared events, so that it is told
/// of every entry once. Whether it may read is asked for every event. Used like a channel's reader, by one consumer at a time:
/// <c>while (await reader.WaitAsync()) while (reader.TryRead(out SessionEvent? e)) …</c>
/// </summary>
public sealed class LiveReader : IValueTaskSource<bool>, IDisposable
{
    /// <summary>A consumer that takes nothing for so long is let go.</summary>
    public static readonly TimeSpan StallLimit = TimeSpan.FromSeconds(30);

    private const int Idle = 0, Signalled = 1, Parked = 2;

    private readonly LiveFeeds _feeds;
    private readonly LiveFeed _feed;
    private readonly SessionLog _log;
    private readonly TimeProvider _clock;
    private readonly Caller _caller;
    private readonly Queue<SessionEvent> _own = new(0);
    private ManualResetValueTaskSourceCore<bool> _signal = new() { RunContinuationsAsynchronously = true };
    private int _state;

    private AccessRound? _round;
    private Admission? _admission;
    private Phase _phase = Phase.Joining;
    private long _seq, _revision, _cursor;
    private long _busySince;
    private int _delivered;
    private volatile bool _isOver;

    internal LiveReader(LiveFeeds feeds, LiveFeed feed, SessionLog log, TimeProvider clock, Caller caller, StreamPosition from)
    {
        (_feeds, _feed, _log, _clock, _caller) = (feeds, feed, log, clock, caller);
        (_seq, _revision) = (from.Seq, from.Revision);
    }

    /// <summary>Called, on any thread, when the consumer has not come back for <see cref="StallLimit"/>.</summary>
    public Action? LetGo { get; set; }

    internal LiveFeed Feed => _feed;

    /// <summary>The account that reads; null for nobody's.</summary>
    internal long? AccountId => _caller.AccountId;

    /// <summary>Where it reads from, for the limit of an address; null where that is not limited.</summary>
    internal string? Address { get; init; }

    /// <summary>
    /// Waits until there may be something to read; false when nothing will come any more. Whether it is cancelled is looked at when it is called:
    /// <see cref="Signal"/> it then. A wait at the end of the shared events allocates nothing: there are thousands of them for each entry.
    /// </summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancel = default)
    {
        Volatile.Write(ref _busySince, 0L);
        if (_delivered > 0)
            _feeds.Delivered(_delivered);
        _delivered = 0;
        if (IsOver || cancel.IsCancellationRequested)
            return new(false);
        Interlocked.CompareExchange(ref _state, Idle, Signalled);
        ValueTask<bool> more = HasMoreAsync(cancel);
        if (!more.IsCompletedSuccessfully)
            return WaitAsync(more);
        if (!more.Result)
            return ParkAsync();
        StillReading();
        return new(true);
    }

    /// <summary>The next event, if there is one now.</summary>
    public bool TryRead(out SessionEvent? next)
    {
        next = null;
        if (_isOver || _round != _feed.Round)
            return false;
        if (_admission is null || !_admission.Allows(SessionAction.Read, _clock.GetUtcNow()))
            next = SessionEvent.Revoked;
        else if (!_own.TryDequeue(out next))
            next = _phase == Phase.Following ? NextShared() : null;
        _delivered += next is null ? 0 : 1;
        _isOver |= next?.Kind is EventKind.Revoked or EventKind.Ended;
        return next is not null;
    }

    /// <summary>Says that the consumer has passed on some of what it took.</summary>
    public void StillReading() => Volatile.Write(ref _busySince, _clock.GetUtcNow().Ticks);

    /// <summary>Wakes it, wherever it waits.</summary>
    public void Signal()
    {
        if (Interlocked.Exchange(ref _state, Signalled) == Parked)
            _signal.SetResult(true);
    }

    public void Dispose()
    {
        _isOver = true;
        _feeds.Leave(this);
    }

    internal void LetGoIfStalled()
    {
        if (Volatile.Read(ref _busySince) is not 0 and var since && _clock.GetUtcNow().Ticks - since >= StallLimit.Ticks)
            LetGo?.Invoke();
    }

    private bool IsOver => _isOver || _feeds.IsStopping;

    private async ValueTask<bool> WaitAsync(ValueTask<bool> more)
    {
        if (!await more)
            return await ParkAsync();
        StillReading();
        return true;
    }

    private async ValueTask<bool> HasMoreAsync(CancellationToken cancel)
    {
        if (_round != _feed.Round)
            await AdmitAsync();
        DateTimeOffset now = _clock.GetUtcNow();
        if (_admission is null || !_admission.Allows(SessionAction.Read, now))
            return true;
        if (_admission.EndsAt(now) is { } end)
            _feed.AskAgainAt(end);
        if (_own.Count > 0)
            return true;
        if (_phase == Phase.Following)
        {
            // Asked for first: what is told before the end is in the ring by the time that this says so.
            bool isLive = _feed.IsLive;
            switch (_feed.Ring.At(_cursor, out _))
            {
                case RingPlace.Held:
                    return true;
                case RingPlace.ToCome when isLive:
                    return false;
                case RingPlace.ToCome:
                    _own.Enqueue(SessionEvent.Ended);
                    return true;
            }
            _phase = Phase.Behind;
        }
        return await CatchUpAsync(cancel);
    }

    private async ValueTask AdmitAsync()
    {
        AccessRound round = _feed.Round;
        bool met = Meets;
        _admission = await round.AdmitAsync(_caller);
        _round = round;
        if (met && !Meets)
            _own.Enqueue(SessionEvent.Left);
    }

    // A batch at a time: what is caught up with goes to the consumer before more is read.
    private async ValueTask<bool> CatchUpAsync(CancellationToken cancel)
    {
        if (_phase is Phase.Joining or Phase.Behind)
        {
            await _feed.ReadyAsync(cancel);
            // The place in the ring first: what changes while the rest is read comes from there.
            _cursor = _feed.Ring.End;
            if (_phase == Phase.Joining)
                _own.Enqueue(SessionEvent.Presence(_feed.Presence));
            // Their page may be from when they were a member.
            if (_phase == Phase.Joining && AccountId is not null && !Meets)
                _own.Enqueue(SessionEvent.Left);
            if (Meets && await _feed.RoomAsync(cancel) is { } room)
            {
                _own.Enqueue(room);
                _own.Enqueue(_feed.TypingNow);
            }
            _phase = Phase.Corrections;
        }
        if (_phase == Phase.Corrections && !await AddCorrectionsAsync(cancel))
            _phase = Phase.Entries;
        if (_phase == Phase.Entries && !await AddEntriesAsync(cancel))
            _phase = Phase.Following;
        return _own.Count > 0 || await HasMoreAsync(cancel);
    }

    private async ValueTask<bool> AddCorrectionsAsync(CancellationToken cancel)
    {
        IReadOnlyList<LoggedEntry> entries = _seq == 0 ? [] : await _log.ReadCorrectedAsync(_feed.Id, _seq, _revision, LiveFeed.BatchEntries, cancel);
        foreach (LoggedEntry entry in entries)
        {
            _revision = entry.Revision;
            _own.Enqueue(SessionEvent.Corrected(entry));
        }
        return entries.Count > 0;
    }

    private async ValueTask<bool> AddEntriesAsync(CancellationToken cancel)
    {
        IReadOnlyList<LoggedEntry> entries = await _log.ReadWholeAsync(_feed.Id, _seq, LiveFeed.BatchEntries, cancel);
        foreach (LoggedEntry entry in entries)
        {
            _seq = entry.Stored.Seq;
            _own.Enqueue(SessionEvent.Entry(entry));
        }
        return entries.Count > 0;
    }

    private SessionEvent? NextShared()
    {
        while (_feed.Ring.At(_cursor, out SessionEvent? next) == RingPlace.Held)
        {
            if (next!.Kind == EventKind.Entry && next.Seq > _seq + 1)
            {
                _phase = Phase.Behind;
                return null;
            }
            _cursor++;
            if (IsNew(next))
                return next;
        }
        return null;
    }

    private bool IsNew(SessionEvent next)
    {
        switch (next.Kind)
        {
            case EventKind.Entry when next.Seq <= _seq: return false;
            case EventKind.Entry: _seq = next.Seq; return true;
            case EventKind.Corrected when next.Revision <= _revision: return false;
            case EventKind.Corrected: _revision = next.Revision; return true;
            case EventKind.Room or EventKind.Typing: return Meets;
            default: return true;
        }
    }

    // What is about the people is for members.
    private bool Meets => _admission?.Allows(SessionAction.Meet, _clock.GetUtcNow()) == true;

    private ValueTask<bool> ParkAsync()
    {
        _signal.Reset();
        return Interlocked.CompareExchange(ref _state, Parked, Idle) == Idle ? new ValueTask<bool>(this, _signal.Version) : new(!IsOver);
    }

    bool IValueTaskSource<bool>.GetResult(short token)
    {
        _signal.GetResult(token);
        StillReading();
        return !IsOver;
    }

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _signal.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _signal.OnCompleted(continuation, state, token, flags);

    private enum Phase
    {
        Joining,
        Behind,
        Corrections,
        Entries,
        Following,
    }
}

/// <summary>What a reader has already.</summary>
/// <param name="Seq">It has every entry up to this one.</param>
/// <param name="Revision">It has these entries with every correction up to this revision.</param>
public readonly record struct StreamPosition(long Seq, long Revision);
