namespace Parley.Core.Discovery;

/// <summary>A message of multicast DNS (RFC 6762 §18): a query or a response.</summary>
public sealed record DnsMessage
{
    /// <summary>The longest message that is read (RFC 6762 §17), in bytes.</summary>
    public const int MaxBytes = 9000;

    private const ushort Response = 0x8000, Authoritative = 0x0400, Truncated = 0x0200, OperationAndResult = 0x780F;

    /// <summary>0, but for one-shot queries and the answers to them.</summary>
    public ushort Id { get; init; }

    public bool IsResponse { get; init; }

    /// <summary>Of a query: more known answers follow in another message (RFC 6762 §7.2).</summary>
    public bool IsTruncated { get; init; }

    public IReadOnlyList<DnsQuestion> Questions { get; init; } = [];

    /// <summary>Of a query: what the asker knows already.</summary>
    public IReadOnlyList<DnsRecord> Answers { get; init; } = [];

    /// <summary>Of a query: what the asker, who probes, wants to announce (RFC 6762 §8.2).</summary>
    public IReadOnlyList<DnsRecord> Authorities { get; init; } = [];

    public IReadOnlyList<DnsRecord> Additionals { get; init; } = [];

    /// <summary>Reads a message from a stranger. Records and questions that can't be understood are left out.</summary>
    /// <returns>Null for what is not a message, or not one of multicast DNS.</returns>
    public static DnsMessage? Read(ReadOnlySpan<byte> packet)
    {
        if (packet.Length > MaxBytes)
            return null;
        var reader = new DnsReader(packet);
        Span<ushort> header = stackalloc ushort[6];
        foreach (ref ushort field in header)
        {
            if (!reader.TryUInt16(out field))
                return null;
        }
        if ((header[1] & OperationAndResult) != 0)
            return null;
        bool whole = reader.TryQuestions(header[2], out List<DnsQuestion> questions);
        whole &= reader.TryRecords(header[3], out List<DnsRecord> answers);
        whole &= reader.TryRecords(header[4], out List<DnsRecord> authorities);
        whole &= reader.TryRecords(header[5], out List<DnsRecord> additionals);
        return !whole ? null : new DnsMessage
        {
            Id = header[0],
            IsResponse = (header[1] & Response) != 0,
            IsTruncated = (header[1] & Truncated) != 0,
            Questions = questions,
            Answers = answers,
            Authorities = authorities,
            Additionals = additionals,
        };
    }

    /// <summary>The message as bytes, its names compressed.</summary>
    public byte[] Write()
    {
        var writer = new DnsWriter();
        writer.UInt16(Id);
        writer.UInt16((ushort)((IsResponse ? Response | Authoritative : 0) | (IsTruncated ? Truncated : 0)));
        writer.UInt16((ushort)Questions.Count);
        writer.UInt16((ushort)Answers.Count);
        writer.UInt16((ushort)Authorities.Count);
        writer.UInt16((ushort)Additionals.Count);
        foreach (DnsQuestion question in Questions)
            writer.Question(question);
        foreach (DnsRecord record in (IEnumerable<DnsRecord>)[.. Answers, .. Authorities, .. Additionals])
            writer.Record(record);
        return writer.ToArray();
    }
}
