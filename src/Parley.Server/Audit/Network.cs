using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Parley.Server.Audit;

/// <summary>Where somebody is, too coarsely to tell one household from the next: an IPv4 /24, an IPv6 /48, or the server's own machine.</summary>
/// <param name="Prefix">The bits that are kept, at the top.</param>
/// <param name="IsV6">Which kind it is.</param>
public readonly record struct Network(ulong Prefix, bool IsV6)
{
    private const ulong V4Mask = 0xFFFFFF00_00000000, V6Mask = 0xFFFFFFFF_FFFF0000;

    private static readonly Network Loopback = new(0x7F000000_00000000, IsV6: false);

    public static Network Of(IPAddress? address)
    {
        if (address is not null && IPAddress.IsLoopback(address))
            return Loopback;
        Span<byte> bytes = stackalloc byte[16];
        if (address is null || !address.TryWriteBytes(bytes, out _))
            return default;
        if (address.IsIPv4MappedToIPv6)
            bytes[12..].CopyTo(bytes);
        bool isV6 = address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6;
        return new(BinaryPrimitives.ReadUInt64BigEndian(bytes) & (isV6 ? V6Mask : V4Mask), isV6);
    }

    /// <summary>As people write it, e.g. <c>203.0.113.0/24</c> or <c>2001:db8:7::/48</c>.</summary>
    public override string ToString()
    {
        if (this == Loopback)
            return "this machine";
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, Prefix);
        return string.Create(CultureInfo.InvariantCulture, $"{new IPAddress(IsV6 ? bytes : bytes[..4])}/{(IsV6 ? 48 : 24)}");
    }
}
