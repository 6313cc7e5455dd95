namespace Parley.Core.Discovery;

/// <summary>
/// Tells of one service on one link: when it is to say what, and what it answers (RFC 6762 §6, §8). It has no clock and no socket: time is that
/// since any moment, the same for all calls, and what it says goes out by whoever asks it.
/// </summary>
public sealed class Responder
{
    private const int Probes = 3, Announcements = 2;

    /// <summary>The longest life in an answer to one who does not listen for changes (RFC 6762 §6.7), in seconds.</summary>
    private const uint OneShotTtl = 10;

    private static readonly TimeSpan BetweenProbes = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan BetweenAnnouncements = TimeSpan.FromSeconds(1);

    /// <summary>So often at most a record is sent to everybody: RFC 6762 §6.</summary>
    private static readonly TimeSpan BetweenAnswers = TimeSpan.FromSeconds(1);

    /// <summary>The same when a name is defended against one who probes for it.</summary>
    private static readonly TimeSpan BetweenDefences = TimeSpan.FromMilliseconds(250);

    private readonly AnnouncedService _service;
    private readonly IReadOnlyList<DnsRecord> _addresses;
    private readonly DnsRecord[] _records;
    private readonly Random _random;
    private readonly Dictionary<DnsRecord, TimeSpan> _due = [];
    private readonly Dictionary<DnsRecord, TimeSpan> _sent = [];
    private int _steps;
    private TimeSpan _nextStep;

    /// <summary>Begins to probe at once, for a machine that has these addresses on the link, 4 or 16 bytes each.</summary>
    public Responder(AnnouncedService service, IReadOnlyList<ReadOnlyMemory<byte>> addresses, TimeSpan now, Random random)
    {
        (_service, _addresses, _nextStep, _random) = (service, service.HostRecords(addresses), now, random);
        _records = [.. service.SharedRecords, .. service.InstanceRecords, .. _addresses];
    }

    /// <summary>Whether nobody objected to its names, so that it speaks for them.</summary>
    public bool HasNames => _steps > Probes;

    /// <summary>When <see cref="Next"/> has something to say; <see cref="TimeSpan.MaxValue"/> for never.</summary>
    public TimeSpan Due
    {
        get
        {
            TimeSpan answers = _due.Count == 0 ? TimeSpan.MaxValue : _due.Values.Min();
            return _nextStep < answers ? _nextStep : answers;
        }
    }

    /// <summary>The message to everybody that is due now, if there is one; there may be more.</summary>
    public DnsMessage? Next(TimeSpan now)
    {
        if (_nextStep <= now)
            return NextStep(now);
        DnsRecord[] answers = [.. _due.Where(due => due.Value <= now).Select(due => due.Key)];
        foreach (DnsRecord answer in answers)
            _due.Remove(answer);
        return answers.Length == 0 ? null : Say(answers, now);
    }

    /// <summary>Takes in what somebody said.</summary>
    /// <param name="message">A query, or what another responder says.</param>
    /// <param name="isOneShot">Whether it comes from another port than multicast DNS' own: an ordinary resolver's query (RFC 6762 §6.7).</param>
    /// <param name="now">The time.</param>
    /// <returns>What is to be answered at once to whoever said it, and to nobody else.</returns>
    public DnsMessage? Receive(DnsMessage message, bool isOneShot, TimeSpan now)
    {
        if (!HasNames)
            return null;
        if (message.IsResponse)
        {
            Correct(message, now);
            return null;
        }
        foreach (DnsRecord known in message.Answers.Where(_ => message.Questions.Count == 0))
            _due.Remove(known);
        List<DnsRecord> direct = [];
        bool isProbe = message.Authorities.Count > 0;
        foreach (DnsQuestion question in message.Questions)
        {
            IEnumerable<DnsRecord> answers = Answers(question).Where(answer => isOneShot || !IsKnown(answer, message));
            if (isOneShot || (question.WantsUnicast && !isProbe))
                direct.AddRange(answers);
            else
                SayLater(answers, isProbe, message.IsTruncated, now);
        }
        return direct.Count == 0 ? null : Direct([.. direct.Distinct()], message, isOneShot);
    }

    /// <summary>Takes everything back (RFC 6762 §10.1). Null where nothing was announced.</summary>
    public DnsMessage? Goodbye() => !HasNames ? null : new DnsMessage
    {
        IsResponse = true,
        // The type is others' as well.
        Answers = [.. _records.Where(record => record.Name.Equals(_service.Type) || record.IsUnique).Select(record => record with { Ttl = 0 })],
    };

    private DnsMessage NextStep(TimeSpan now)
    {
        _steps++;
        bool isProbe = _steps <= Probes, isLast = _steps == Probes + Announcements;
        _nextStep = isLast ? TimeSpan.MaxValue : now + (isProbe ? BetweenProbes : BetweenAnnouncements);
        if (!isProbe)
            return Say(_records, now);
        return new DnsMessage
        {
            Questions = [new DnsQuestion(_service.InstanceName, DnsType.Any, WantsUnicast: true), new DnsQuestion(_service.HostName, DnsType.Any, WantsUnicast: true)],
            // Not yet unique: nobody's cache is to be flushed by what is only proposed.
            Authorities = [.. _service.InstanceRecords.Concat(_addresses).Select(record => record with { IsUnique = false })],
        };
    }

    private DnsMessage Say(DnsRecord[] answers, TimeSpan now)
    {
        DnsMessage message = Answer(answers);
        foreach (DnsRecord record in message.Answers)
            _sent[record] = now;
        return message;
    }

    // Whoever is led to the service wants to know the rest of it next.
    private DnsMessage Answer(DnsRecord[] answers) => new()
    {
        IsResponse = true,
        Answers = answers,
        Additionals = [.. Following(answers).Except(answers)],
    };

    private IEnumerable<DnsRecord> Following(DnsRecord[] answers)
    {
        if (answers.Any(answer => answer.Type == DnsType.Ptr && answer.Name.Equals(_service.Type)))
            return _service.InstanceRecords.Concat(_addresses);
        return answers.Any(answer => answer.Type == DnsType.Srv) ? _addresses : [];
    }

    private DnsMessage Direct(DnsRecord[] answers, DnsMessage query, bool isOneShot)
    {
        DnsMessage answer = Answer(answers);
        static DnsRecord Ordinary(DnsRecord record) => record with { IsUnique = false, Ttl = Math.Min(record.Ttl, OneShotTtl) };
        return !isOneShot ? answer : answer with
        {
            Id = query.Id,
            Questions = [.. query.Questions.Select(question => question with { WantsUnicast = false })],
            Answers = [.. answer.Answers.Select(Ordinary)],
            Additionals = [.. answer.Additionals.Select(Ordinary)],
        };
    }

    // For a name that is ours alone also what does not exist is an answer.
    private DnsRecord[] Answers(DnsQuestion question)
    {
        DnsRecord[] answers = [.. _records.Where(question.IsAnsweredBy)];
        DnsType[] types = [.. _records.Where(record => record.IsUnique && record.Name.Equals(question.Name)).Select(record => record.Type)];
        return answers.Length > 0 || types.Length == 0 ? answers : [DnsRecord.Nsec(question.Name, AnnouncedService.HostTtl, types)];
    }

    private static bool IsKnown(DnsRecord answer, DnsMessage query) => query.Answers.Any(known => known.Equals(answer) && known.Ttl >= answer.Ttl / 2);

    // Others may answer as well where a name is shared, so that each waits for a time of its own; more known answers may come after a truncated query.
    private void SayLater(IEnumerable<DnsRecord> answers, bool isProbe, bool isTruncated, TimeSpan now)
    {
        foreach (DnsRecord answer in answers)
        {
            TimeSpan wait = isTruncated ? Between(400, 500) : answer.IsUnique ? TimeSpan.Zero : Between(20, 120);
            TimeSpan due = now + wait;
            if (_sent.TryGetValue(answer, out TimeSpan sent) && sent + (isProbe ? BetweenDefences : BetweenAnswers) is var earliest && earliest > due)
                due = earliest;
            if (!_due.TryGetValue(answer, out TimeSpan already) || due < already)
                _due[answer] = due;
        }
    }

    // Somebody takes back what is ours (RFC 6762 §6.6, §10.2).
    private void Correct(DnsMessage message, TimeSpan now)
    {
        IEnumerable<DnsRecord> shortened = _records.Where(record => message.Answers.Any(theirs => theirs.Equals(record) && theirs.Ttl < record.Ttl / 2));
        SayLater(shortened, isProbe: false, isTruncated: false, now);
    }

    private TimeSpan Between(int from, int to) => TimeSpan.FromMilliseconds(_random.Next(from, to + 1));
}
