using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Parley.Core.Discovery;

namespace Parley.Cli.Discovery;

/// <summary>Finds the senders on this machine's networks.</summary>
internal static class ServiceBrowser
{
    /// <summary>The senders as they are found, change and go, without end.</summary>
    /// <exception cref="Failure">There is no way to multicast.</exception>
    public static async IAsyncEnumerable<FoundSender> BrowseAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        using var network = new LocalNetwork(TimeProvider.System);
        var links = new Dictionary<string, OnLink>();
        var told = new Dictionary<string, FoundSender>(StringComparer.OrdinalIgnoreCase);
        while (true)
        {
            if (network.Refresh())
                Follow(network, links);
            Ask(network, links.Values);
            foreach (FoundSender sender in Changes(told, Found(links.Values)))
                yield return sender;
            TimeSpan due = links.Values.Select(on => on.Browser.Due(network.Now)).DefaultIfEmpty(TimeSpan.MaxValue).Min();
            if (await network.NextAsync(due, cancel) is { } packet && links.TryGetValue(packet.Link.Id, out OnLink? on))
                on.Browser.Receive(packet.Message, network.Now);
        }
    }

    private static void Follow(LocalNetwork network, Dictionary<string, OnLink> links)
    {
        foreach (string gone in links.Keys.Except(network.Links.Select(link => link.Id)).ToArray())
            links.Remove(gone);
        foreach (Link link in network.Links)
        {
            if (links.TryGetValue(link.Id, out OnLink? on) && on.Link.IsSameAs(link))
                continue;
            links[link.Id] = on = new OnLink(link, new Browser(SessionService.Type));
            if (on.Browser.Next(network.Now) is { } first)
            {
                network.Say(first, link);
                network.AskOnce(first, link);
            }
        }
    }

    private static void Ask(LocalNetwork network, IEnumerable<OnLink> links)
    {
        foreach (OnLink on in links)
        {
            if (on.Browser.Next(network.Now) is { } query)
                network.Say(query, on.Link);
        }
    }

    // A sender may be heard on several links.
    private static IEnumerable<FoundSender> Found(IEnumerable<OnLink> links) =>
        links.SelectMany(on => on.Browser.Found().Select(service => new FoundSender(service.Instance, EndPoints(service, on.Link), service.Attributes)))
            .Where(sender => !sender.IsGone)
            .GroupBy(sender => sender.Instance, StringComparer.OrdinalIgnoreCase)
            .Select(found => found.First() with { EndPoints = [.. found.SelectMany(sender => sender.EndPoints).Distinct().OrderBy(Unlikeliness)] });

    // Nobody is led from outside to what listens on this machine's loopback.
    private static IPEndPoint[] EndPoints(FoundService service, Link link) =>
    [
        .. service.Addresses.Select(address => On(link, new IPAddress(address.Span)))
            .Where(address => IPAddress.IsLoopback(address) == link.IsLoopback && !IsForMany(address))
            .Select(address => new IPEndPoint(address, service.Port)),
    ];

    private static IPAddress On(Link link, IPAddress address) =>
        address.IsIPv6LinkLocal ? new IPAddress(address.GetAddressBytes(), link.Index(AddressFamily.InterNetworkV6) ?? 0) : address;

    private static bool IsForMany(IPAddress address) =>
        address.IsIPv6Multicast || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) || (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes()[0] >= 224);

    private static int Unlikeliness(IPEndPoint endPoint) =>
        IPAddress.IsLoopback(endPoint.Address) ? 3 : endPoint.Address.IsIPv6LinkLocal ? 2 : endPoint.AddressFamily == AddressFamily.InterNetworkV6 ? 1 : 0;

    private static List<FoundSender> Changes(Dictionary<string, FoundSender> told, IEnumerable<FoundSender> found)
    {
        var changes = new List<FoundSender>();
        var now = found.ToDictionary(sender => sender.Instance, StringComparer.OrdinalIgnoreCase);
        foreach (FoundSender gone in told.Values.Where(sender => !now.ContainsKey(sender.Instance)))
            changes.Add(gone with { EndPoints = [] });
        changes.AddRange(now.Values.Where(sender => !told.TryGetValue(sender.Instance, out FoundSender? before) || !before.IsSameAs(sender)));
        foreach (FoundSender change in changes)
        {
            told.Remove(change.Instance);
            if (!change.IsGone)
                told.Add(change.Instance, change);
        }
        return changes;
    }

    private sealed record OnLink(Link Link, Browser Browser);
}
