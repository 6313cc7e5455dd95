namespace Parley.Core.Discovery;

/// <summary>What was heard on one link and still holds (RFC 6762 §10).</summary>
internal sealed class RecordCache
{
    /// <summary>Pointers of one name that are kept: more services than these are not found.</summary>
    public const int MaxPointers = 256;

    /// <summary>Other records of one name and type that are kept.</summary>
    public const int MaxRecords = 8;

    /// <summary>The longest life that is believed.</summary>
    private static readonly TimeSpan LongestLife = TimeSpan.FromSeconds(AnnouncedService.OtherTtl);

    /// <summary>What is taken back goes after this time, in which its owner may object; what is replaced goes when it is older.</summary>
    private static readonly TimeSpan LastMoment = TimeSpan.FromSeconds(1);

    /// <summary>The part of a life after which it is asked for again (RFC 6762 §5.2).</summary>
    private const double Refreshing = 0.8;

    private readonly Dictionary<(DnsName, DnsType), List<Kept>> _records = [];

    public void Add(DnsRecord record, TimeSpan now)
    {
        if (!_records.TryGetValue((record.Name, record.Type), out List<Kept>? kept))
            _records.Add((record.Name, record.Type), kept = []);
        if (record.IsUnique)
            kept.RemoveAll(old => old.HeardAt + LastMoment <= now && !old.Record.Equals(record));
        int index = kept.FindIndex(old => old.Record.Equals(record));
        if (index >= 0)
            kept[index] = record.Ttl > 0 ? Keep(record, now) : kept[index].EndingBy(now + LastMoment);
        else if (record.Ttl > 0 && kept.Count < (record.Type == DnsType.Ptr ? MaxPointers : MaxRecords))
            kept.Add(Keep(record, now));
    }

    /// <summary>Forgets what has ended.</summary>
    public void Expire(TimeSpan now) => Forget(kept => kept.EndsAt <= now);

    /// <summary>Forgets all but some.</summary>
    public void Retain(Func<DnsRecord, bool> isWanted) => Forget(kept => !isWanted(kept.Record));

    public IEnumerable<DnsRecord> Find(DnsName name, DnsType type) => Of(name, type).Select(kept => kept.Record);

    /// <summary>Whether there are records of this name and type, and all have so much life left that they need not be asked for again.</summary>
    public bool IsFresh(DnsName name, DnsType type, TimeSpan now) => Of(name, type) is { Count: > 0 } kept && kept.TrueForAll(record => now < record.RefreshAt);

    /// <summary>The records with more than half of their life left, each with what is left: they need not be said again (RFC 6762 §7.1).</summary>
    public IEnumerable<DnsRecord> Known(DnsName name, DnsType type, TimeSpan now) => Of(name, type)
        .Where(kept => (kept.EndsAt - now) * 2 > kept.EndsAt - kept.HeardAt)
        .Select(kept => kept.Record with { Ttl = (uint)(kept.EndsAt - now).TotalSeconds, IsUnique = false });

    /// <summary>When the next record gets old or ends; <see cref="TimeSpan.MaxValue"/> when none is kept.</summary>
    public TimeSpan Due(TimeSpan now) => _records.Values.SelectMany(kept => kept)
        .Select(kept => kept.RefreshAt > now && kept.RefreshAt < kept.EndsAt ? kept.RefreshAt : kept.EndsAt).DefaultIfEmpty(TimeSpan.MaxValue).Min();

    private List<Kept> Of(DnsName name, DnsType type) => _records.GetValueOrDefault((name, type)) ?? [];

    private void Forget(Predicate<Kept> isOver)
    {
        foreach (((DnsName, DnsType) key, List<Kept> kept) in _records)
        {
            kept.RemoveAll(isOver);
            if (kept.Count == 0)
                _records.Remove(key);
        }
    }

    private static Kept Keep(DnsRecord record, TimeSpan now)
    {
        TimeSpan life = TimeSpan.FromSeconds(Math.Min(record.Ttl, LongestLife.TotalSeconds));
        return new Kept(record, now, now + life * Refreshing, now + life);
    }

    private sealed record Kept(DnsRecord Record, TimeSpan HeardAt, TimeSpan RefreshAt, TimeSpan EndsAt)
    {
        // It is not asked for any more.
        public Kept EndingBy(TimeSpan time) => this with { EndsAt = time < EndsAt ? time : EndsAt, RefreshAt = TimeSpan.MaxValue };
    }
}
