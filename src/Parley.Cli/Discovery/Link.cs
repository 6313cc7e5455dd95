using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Parley.Cli.Discovery;

/// <summary>A network interface that is up, and this machine's addresses on it.</summary>
internal sealed class Link
{
    private readonly UnicastIPAddressInformation[] _addresses;
    private readonly int? _index4, _index6;

    private Link(string id, bool isLoopback, IPInterfaceProperties properties)
    {
        (Id, IsLoopback) = (id, isLoopback);
        _addresses = [.. properties.UnicastAddresses];
        _index4 = Has(AddressFamily.InterNetwork) ? properties.GetIPv4Properties()?.Index : null;
        _index6 = Has(AddressFamily.InterNetworkV6) ? properties.GetIPv6Properties()?.Index : null;
    }

    /// <summary>The system's name for it.</summary>
    public string Id { get; }

    public bool IsLoopback { get; }

    public IEnumerable<IPAddress> Addresses => _addresses.Select(address => address.Address);

    /// <summary>Those that there are now. Whether one says that it can multicast is not asked: Linux' loopback says no, and can.</summary>
    public static IReadOnlyList<Link> Current() =>
        [.. Interfaces().Where(network => network.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown).Select(Of).OfType<Link>().Where(link => link._addresses.Length > 0)];

    /// <summary>The system's number of the interface for a family of addresses; null where it has no address of that family.</summary>
    public int? Index(AddressFamily family) => family == AddressFamily.InterNetwork ? _index4 : _index6;

    /// <summary>Whether an address is one of the network that the link is on.</summary>
    public bool Reaches(IPAddress address) => address.IsIPv6LinkLocal || _addresses.Any(own => new IPNetwork(First(own.Address, own.PrefixLength), own.PrefixLength).Contains(address));

    /// <summary>Whether it is the same interface with the same addresses.</summary>
    public bool IsSameAs(Link other) => (Id, _index4, _index6) == (other.Id, other._index4, other._index6) && Addresses.ToHashSet().SetEquals(other.Addresses);

    private static NetworkInterface[] Interfaces()
    {
        try
        {
            return NetworkInterface.GetAllNetworkInterfaces();
        }
        catch (NetworkInformationException)
        {
            return [];
        }
    }

    // Null when it has gone away meanwhile.
    private static Link? Of(NetworkInterface network)
    {
        try
        {
            return new Link(network.Id, network.NetworkInterfaceType == NetworkInterfaceType.Loopback, network.GetIPProperties());
        }
        catch (NetworkInformationException)
        {
            return null;
        }
    }

    private bool Has(AddressFamily family) => _addresses.Any(address => address.Address.AddressFamily == family);

    // The network's first address: the bits after the prefix are 0.
    private static IPAddress First(IPAddress address, int prefixLength)
    {
        byte[] bytes = address.GetAddressBytes();
        for (int bit = prefixLength; bit < bytes.Length * 8; bit++)
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new IPAddress(bytes);
    }
}
