using System.Buffers.Binary;
using System.Text;

namespace Parley.Core.Discovery;

/// <summary>A resource record of class IN. Two are equal when they say the same, whatever their lives.</summary>
/// <param name="Name">Whose record it is.</param>
/// <param name="Type">What its data are; it may be one that is not in <see cref="DnsType"/>.</param>
/// <param name="Ttl">Seconds for which it holds; 0 takes it back (RFC 6762 §10.1).</param>
/// <param name="Data">RDATA, the names in it uncompressed. Of the types of <see cref="DnsType"/> it is well-formed.</param>
public sealed record DnsRecord(DnsName Name, DnsType Type, uint Ttl, ReadOnlyMemory<byte> Data)
{
    /// <summary>Where a service's data begins to name the host: after priority, weight and port.</summary>
    internal const int ServiceHostOffset = 6;

    /// <summary>Whether it replaces every other record of its name and type: the cache-flush bit (RFC 6762 §10.2).</summary>
    public bool IsUnique { get; init; }

    /// <summary>The name that a pointer leads to, or the host of a service.</summary>
    public DnsName Target => DnsName.FromWire(Data.Span[(Type == DnsType.Srv ? ServiceHostOffset : 0)..].ToArray());

    /// <summary>The port of a service.</summary>
    public ushort Port => BinaryPrimitives.ReadUInt16BigEndian(Data.Span[4..]);

    /// <summary>A pointer to another name.</summary>
    public static DnsRecord Leading(DnsName name, uint ttl, DnsName target) => new(name, DnsType.Ptr, ttl, target.Wire.ToArray());

    /// <summary>A service of priority and weight 0.</summary>
    public static DnsRecord Srv(DnsName name, uint ttl, ushort port, DnsName host) =>
        new(name, DnsType.Srv, ttl, (byte[])[0, 0, 0, 0, (byte)(port >> 8), (byte)port, .. host.Wire]) { IsUnique = true };

    /// <summary>Strings, each of at most 255 bytes of UTF-8.</summary>
    public static DnsRecord Txt(DnsName name, uint ttl, IEnumerable<string> strings)
    {
        byte[] data = [.. strings.Select(Encoding.UTF8.GetBytes).SelectMany(bytes => bytes.Prepend(checked((byte)bytes.Length)))];
        return new(name, DnsType.Txt, ttl, data.Length == 0 ? new byte[1] : data) { IsUnique = true };
    }

    /// <summary>An address of 4 or of 16 bytes.</summary>
    public static DnsRecord Address(DnsName name, uint ttl, ReadOnlyMemory<byte> address) =>
        new(name, address.Length == 4 ? DnsType.A : DnsType.Aaaa, ttl, address) { IsUnique = true };

    /// <summary>Says that a name has records of these types only.</summary>
    public static DnsRecord Nsec(DnsName name, uint ttl, IEnumerable<DnsType> types)
    {
        // One window of the bitmap holds all types below 256.
        var bits = new byte[32];
        foreach (DnsType type in types)
            bits[(int)type / 8] |= (byte)(0x80 >> ((int)type % 8));
        int length = bits.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        return new(name, DnsType.Nsec, ttl, (byte[])[.. name.Wire, 0, (byte)length, .. bits[..length]]) { IsUnique = true };
    }

    /// <summary>The attributes of a text record (RFC 6763 §6.4): the first of each key counts, keys without <c>=</c> have the value "". Untrusted text.</summary>
    public IReadOnlyDictionary<string, string> Attributes()
    {
        var attributes = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (ReadOnlySpan<byte> rest = Data.Span; !rest.IsEmpty; rest = rest[(rest[0] + 1)..])
        {
            string[] parts = Encoding.UTF8.GetString(rest.Slice(1, rest[0])).Split('=', 2);
            if (parts[0].Length > 0)
                attributes.TryAdd(parts[0], parts.ElementAtOrDefault(1) ?? "");
        }
        return attributes;
    }

    public override string ToString() => $"{Name} {Ttl} {Type} {Convert.ToHexStringLower(Data.Span)}";

    public bool Equals(DnsRecord? other) => other is not null && Type == other.Type && Name.Equals(other.Name) && Data.Span.SequenceEqual(other.Data.Span);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Type);
        hash.Add(Name);
        hash.AddBytes(Data.Span);
        return hash.ToHashCode();
    }
}
