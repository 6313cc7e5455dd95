namespace Parley.Server.Live;

/// <summary>The last events of a session, which all its readers share: each has a position of its own, and nobody waits for anybody.</summary>
internal sealed class EventRing
{
    /// <summary>Events that it holds at most. Who is further behind reads from the log.</summary>
    public const int MaxEvents = 256;

    /// <summary>About how many bytes they are at most; the newest stays in any case.</summary>
    public const long MaxBytes = 4 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly SessionEvent[] _events = new SessionEvent[MaxEvents];
    private long _first, _end, _bytes;

    /// <summary>The position after the newest event.</summary>
    public long End
    {
        get
        {
            lock (_lock)
                return _end;
        }
    }

    /// <summary>Adds an event; the oldest make room for it.</summary>
    public void Add(SessionEvent newest)
    {
        lock (_lock)
        {
            while (_end > _first && (_end - _first == MaxEvents || _bytes + newest.Size > MaxBytes))
                _bytes -= DropOldest();
            _events[_end++ % MaxEvents] = newest;
            _bytes += newest.Size;
        }
    }

    /// <summary>The event at a position.</summary>
    public RingPlace At(long position, out SessionEvent? found)
    {
        lock (_lock)
        {
            found = position >= _first && position < _end ? _events[position % MaxEvents] : null;
            return found is not null ? RingPlace.Held : position < _first ? RingPlace.Gone : RingPlace.ToCome;
        }
    }

    private long DropOldest()
    {
        ref SessionEvent oldest = ref _events[_first++ % MaxEvents];
        long size = oldest.Size;
        oldest = null!;
        return size;
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
