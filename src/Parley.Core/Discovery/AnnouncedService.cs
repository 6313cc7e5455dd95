namespace Parley.Core.Discovery;

/// <summary>A service as DNS-SD tells of it (RFC 6763): its names, and the records that they have.</summary>
/// <param name="Type">E.g. <c>_http._tcp.local</c>.</param>
/// <param name="Instance">The label that tells it from others of its type.</param>
/// <param name="Host">The label of the host that offers it.</param>
/// <param name="Port">Where the host offers it.</param>
/// <param name="Text">Attributes, each <c>key=value</c>.</param>
public sealed record AnnouncedService(DnsName Type, string Instance, string Host, ushort Port, IReadOnlyList<string> Text)
{
    /// <summary>Seconds that a record lives which names a host (RFC 6762 §10).</summary>
    public const uint HostTtl = 120;

    /// <summary>Seconds that other records live (RFC 6762 §10).</summary>
    public const uint OtherTtl = 75 * 60;

    /// <summary>Under which the types of services are listed (RFC 6763 §9).</summary>
    private static readonly DnsName Types = DnsName.Of("_services", "_dns-sd", "_udp", "local");

    private int _attempt = 1;

    public DnsName InstanceName => Type.Child(Instance);

    public DnsName HostName => DnsName.Of(Host, "local");

    /// <summary>The records that others may have under the same names: those that lead to the service.</summary>
    public IReadOnlyList<DnsRecord> SharedRecords =>
        [DnsRecord.Leading(Type, OtherTtl, InstanceName), DnsRecord.Leading(Types, OtherTtl, Type)];

    /// <summary>The records of the service, which are this one's alone.</summary>
    public IReadOnlyList<DnsRecord> InstanceRecords =>
        [DnsRecord.Srv(InstanceName, HostTtl, Port, HostName), DnsRecord.Txt(InstanceName, OtherTtl, Text)];

    /// <summary>The records of the host, which are this one's alone.</summary>
    /// <param name="addresses">4 or 16 bytes each.</param>
    public IReadOnlyList<DnsRecord> HostRecords(IEnumerable<ReadOnlyMemory<byte>> addresses) =>
        [.. addresses.Select(address => DnsRecord.Address(HostName, HostTtl, address))];

    /// <summary>The same service under other names, after somebody else had these.</summary>
    public AnnouncedService Renamed()
    {
        string ending = $"-{_attempt}";
        string Next(string label) => (_attempt > 1 && label.EndsWith(ending, StringComparison.Ordinal) ? label[..^ending.Length] : label) + $"-{_attempt + 1}";
        return this with { Instance = Next(Instance), Host = Next(Host), _attempt = _attempt + 1 };
    }
}
