namespace Parley.Core.Discovery;

/// <summary>A service that was found, in the words of whoever announces it: untrusted.</summary>
/// <param name="Instance">The label that tells it from others of its type.</param>
/// <param name="Port">Where the host offers it.</param>
/// <param name="Addresses">The host's: 4 or 16 bytes each, at least one.</param>
/// <param name="Attributes">Of its text record.</param>
public sealed record FoundService(string Instance, ushort Port, IReadOnlyList<ReadOnlyMemory<byte>> Addresses, IReadOnlyDictionary<string, string> Attributes);

/// <summary>
/// Finds the services of one type on one link: what it asks when, and what it makes of what it hears (RFC 6762 §5, 6763 §4). It has no clock and
/// no socket, like <see cref="Responder"/>.
/// </summary>
public sealed class Browser(DnsName type)
{
    /// <summary>Known answers that a question says at most, so that it fits into a packet; what is left out is only answered again.</summary>
    public const int MaxKnownAnswers = 16;

    private static readonly TimeSpan FirstInterval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestInterval = TimeSpan.FromHours(1);

    private readonly RecordCache _cache = new();
    private readonly Dictionary<DnsQuestion, Asking> _asking = [];

    /// <summary>When <see cref="Next"/> is to be called; it may have become something else to find then.</summary>
    public TimeSpan Due(TimeSpan now)
    {
        TimeSpan cache = _cache.Due(now), asking = _asking.Count == 0 ? now : _asking.Values.Min(asking => asking.NextAt);
        return cache < asking ? cache : asking;
    }

    /// <summary>The query that is due now; null where none is.</summary>
    public DnsMessage? Next(TimeSpan now)
    {
        Forget(now);
        DnsQuestion[] wanted = [.. Wanted(now).Distinct()];
        foreach (DnsQuestion answered in _asking.Keys.Except(wanted).ToArray())
            _asking.Remove(answered);
        DnsQuestion[] due = [.. wanted.Where(question => !_asking.TryGetValue(question, out Asking? asking) || asking.NextAt <= now)];
        foreach (DnsQuestion question in due)
            _asking[question] = _asking.TryGetValue(question, out Asking? asking) ? asking.Again(now) : new Asking(now + FirstInterval, FirstInterval);
        return due.Length == 0 ? null : new DnsMessage
        {
            Questions = due,
            Answers = [.. due.SelectMany(question => _cache.Known(question.Name, question.Type, now)).Take(MaxKnownAnswers)],
        };
    }

    /// <summary>Takes in what somebody said.</summary>
    public void Receive(DnsMessage message, TimeSpan now)
    {
        if (!message.IsResponse)
            return;
        // In the order in which one leads to the next; what nothing leads to is not kept.
        DnsRecord[] records = [.. message.Answers, .. message.Additionals];
        Keep(records.Where(record => record.Type == DnsType.Ptr && record.Name.Equals(type) && record.Target.Parent.Equals(type)), now);
        HashSet<DnsName> instances = [.. Instances];
        Keep(records.Where(record => record.Type is DnsType.Srv or DnsType.Txt && instances.Contains(record.Name)), now);
        HashSet<DnsName> hosts = [.. instances.SelectMany(Hosts)];
        Keep(records.Where(record => record.Type is DnsType.A or DnsType.Aaaa && hosts.Contains(record.Name)), now);
    }

    /// <summary>The services of which everything is known.</summary>
    public IEnumerable<FoundService> Found()
    {
        foreach (DnsName instance in Instances)
        {
            if (_cache.Find(instance, DnsType.Srv).LastOrDefault() is not { } service || _cache.Find(instance, DnsType.Txt).LastOrDefault() is not { } text)
                continue;
            ReadOnlyMemory<byte>[] addresses = [.. Addresses(service.Target).Select(address => address.Data)];
            if (addresses.Length > 0)
                yield return new FoundService(instance.Label, service.Port, addresses, text.Attributes());
        }
    }

    private IEnumerable<DnsName> Instances => _cache.Find(type, DnsType.Ptr).Select(pointer => pointer.Target);

    private IEnumerable<DnsRecord> Addresses(DnsName host) => _cache.Find(host, DnsType.A).Concat(_cache.Find(host, DnsType.Aaaa));

    private IEnumerable<DnsName> Hosts(DnsName instance) => _cache.Find(instance, DnsType.Srv).Select(service => service.Target);

    private void Keep(IEnumerable<DnsRecord> records, TimeSpan now)
    {
        foreach (DnsRecord record in records)
            _cache.Add(record, now);
    }

    // Forgets what has ended, and then what only that led to.
    private void Forget(TimeSpan now)
    {
        _cache.Expire(now);
        HashSet<DnsName> instances = [.. Instances], hosts = [.. instances.SelectMany(Hosts)];
        _cache.Retain(record => record.Type switch
        {
            DnsType.Ptr => true,
            DnsType.Srv or DnsType.Txt => instances.Contains(record.Name),
            _ => hosts.Contains(record.Name),
        });
    }

    // What is not known yet, and what is about to end.
    private IEnumerable<DnsQuestion> Wanted(TimeSpan now)
    {
        yield return new DnsQuestion(type, DnsType.Ptr);
        foreach (DnsName instance in Instances)
        {
            if (!_cache.IsFresh(instance, DnsType.Srv, now))
                yield return new DnsQuestion(instance, DnsType.Srv);
            if (!_cache.IsFresh(instance, DnsType.Txt, now))
                yield return new DnsQuestion(instance, DnsType.Txt);
            foreach (DnsName host in Hosts(instance))
            {
                bool isKnown = Addresses(host).Any();
                foreach (DnsType address in (DnsType[])[DnsType.A, DnsType.Aaaa])
                {
                    if (!isKnown || (_cache.Find(host, address).Any() && !_cache.IsFresh(host, address, now)))
                        yield return new DnsQuestion(host, address);
                }
            }
        }
    }

    private sealed record Asking(TimeSpan NextAt, TimeSpan Interval)
    {
        public Asking Again(TimeSpan now)
        {
            TimeSpan interval = Interval * 2 < LongestInterval ? Interval * 2 : LongestInterval;
            return new Asking(now + interval, interval);
        }
    }
}
