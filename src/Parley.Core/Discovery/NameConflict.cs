namespace Parley.Core.Discovery;

/// <summary>Whether a message says that somebody else has, or is about to take, the names of a service.</summary>
public static class NameConflict
{
    /// <param name="message">What somebody said.</param>
    /// <param name="service">Whose names they are.</param>
    /// <param name="addresses">Its host's records, of all links, since two links of a machine may be one network.</param>
    /// <param name="isProbing">Whether the names are not this one's yet, so that another who probes may win them.</param>
    public static bool IsIn(DnsMessage message, AnnouncedService service, IReadOnlySet<DnsRecord> addresses, bool isProbing)
    {
        if (!message.IsResponse)
            return isProbing && IsLostTo(message, service);
        IReadOnlyList<DnsRecord> ours = service.InstanceRecords;
        return message.Answers.Concat(message.Additionals).Any(record => record switch
        {
            { Ttl: 0 } => false,
            { Type: DnsType.Srv or DnsType.Txt } => record.Name.Equals(service.InstanceName) && !ours.Contains(record),
            { Type: DnsType.A or DnsType.Aaaa } => record.Name.Equals(service.HostName) && !addresses.Contains(record),
            _ => false,
        });
    }

    // Both probe at the same time: whose data are greater in the order of RFC 6762 §8.2 wins. One's own probe, heard again, has equal ones.
    private static bool IsLostTo(DnsMessage probe, AnnouncedService service)
    {
        DnsRecord[] theirs = [.. probe.Authorities.Where(record => record.Name.Equals(service.InstanceName)).Order(ByTypeAndData)];
        DnsRecord[] ours = [.. service.InstanceRecords.Order(ByTypeAndData)];
        return theirs.Length > 0 && Compare(ours, theirs) < 0;
    }

    private static int Compare(DnsRecord[] a, DnsRecord[] b) =>
        a.Zip(b, ByTypeAndData.Compare).FirstOrDefault(order => order != 0, a.Length.CompareTo(b.Length));

    private static Comparer<DnsRecord> ByTypeAndData { get; } = Comparer<DnsRecord>.Create((a, b) =>
        a.Type != b.Type ? a.Type.CompareTo(b.Type) : a.Data.Span.SequenceCompareTo(b.Data.Span));
}
