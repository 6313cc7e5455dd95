using Parley.Core.Discovery;

namespace Parley.Cli.Discovery;

/// <summary>Tells everybody on this machine's networks of a sender, for as long as it is not disposed.</summary>
internal sealed class ServiceAnnouncement : IAsyncDisposable
{
    /// <summary>After so many names that others had, the next is tried after a while only (RFC 6762 §8.1).</summary>
    private const int ManyConflicts = 15;

    private static readonly TimeSpan AfterManyConflicts = TimeSpan.FromSeconds(5);

    private readonly LocalNetwork _network;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _hasNames = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<string, OnLink> _links = [];
    // Everything that this machine's host record ever said, for it may come back as an echo.
    private readonly HashSet<DnsRecord> _addresses = [];
    private AnnouncedService _service;
    private int _conflicts;
    private Task _running = Task.CompletedTask;

    private ServiceAnnouncement(AnnouncedService service, LocalNetwork network) => (_service, _network) = (service, network);

    /// <summary>The sender's name now: another than it was given where somebody had that.</summary>
    public string Instance => _service.Instance;

    /// <summary>Takes a name and announces it; returns when nobody objects to it, which takes a second.</summary>
    /// <param name="instance">A name as <see cref="SessionService.NewInstance"/> makes it.</param>
    /// <param name="port">The TCP port that the sender listens on.</param>
    /// <param name="txt">Attributes, each <c>key=value</c>.</param>
    /// <param name="cancel">Ends the start, not what was started.</param>
    /// <exception cref="Failure">There is no way to multicast.</exception>
    public static async Task<ServiceAnnouncement> StartAsync(string instance, int port, IReadOnlyList<string> txt, CancellationToken cancel)
    {
        var service = new AnnouncedService(SessionService.Type, instance, SessionService.NewHost(), (ushort)port, txt);
        var announcement = new ServiceAnnouncement(service, new LocalNetwork(TimeProvider.System));
        announcement._running = announcement.RunAsync();
        try
        {
            await (await Task.WhenAny(announcement._hasNames.Task, announcement._running)).WaitAsync(cancel);
            return announcement;
        }
        catch
        {
            await announcement.DisposeAsync();
            throw;
        }
    }

    /// <summary>Says goodbye.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (OnLink on in _links.Values)
        {
            if (on.Responder.Goodbye() is { } goodbye)
                _network.Say(goodbye, on.Link);
        }
        _network.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (true)
        {
            if (_network.Refresh())
                FollowLinks();
            Speak();
            TimeSpan due = _links.Values.Select(on => on.Responder.Due).DefaultIfEmpty(TimeSpan.MaxValue).Min();
            if (await _network.NextAsync(due, _stop.Token) is { } packet && _links.TryGetValue(packet.Link.Id, out OnLink? on))
                Hear(packet, on.Responder);
        }
    }

    // On a link that is new, has other addresses, or could not be spoken on before, everything begins anew.
    private void FollowLinks()
    {
        foreach (string gone in _links.Keys.Except(_network.Links.Select(link => link.Id)).ToArray())
            _links.Remove(gone);
        foreach (Link link in _network.Links)
        {
            if (!_links.TryGetValue(link.Id, out OnLink? on) || on.IsMute || !on.Link.IsSameAs(link))
                _links[link.Id] = Begin(link, _network.Now);
        }
    }

    private OnLink Begin(Link link, TimeSpan time)
    {
        ReadOnlyMemory<byte>[] addresses = [.. link.Addresses.Select(address => (ReadOnlyMemory<byte>)address.GetAddressBytes())];
        _addresses.UnionWith(_service.HostRecords(addresses));
        return new OnLink(link, new Responder(_service, addresses, time, Random.Shared));
    }

    private void Speak()
    {
        foreach (OnLink on in _links.Values)
        {
            while (on.Responder.Next(_network.Now) is { } message)
                on.IsMute = !_network.Say(message, on.Link);
        }
        if (_links.Values.All(on => on.Responder.HasNames))
            _hasNames.TrySetResult();
    }

    private void Hear(Packet packet, Responder responder)
    {
        if (NameConflict.IsIn(packet.Message, _service, _addresses, isProbing: !responder.HasNames))
            Rename();
        else if (responder.Receive(packet.Message, packet.IsOneShot, _network.Now) is { } answer)
            _network.Answer(answer, packet);
    }

    private void Rename()
    {
        _service = _service.Renamed();
        _addresses.Clear();
        TimeSpan begin = _network.Now + (++_conflicts > ManyConflicts ? AfterManyConflicts : TimeSpan.Zero);
        foreach ((string id, OnLink on) in _links.ToArray())
            _links[id] = Begin(on.Link, begin);
    }

    private sealed record OnLink(Link Link, Responder Responder)
    {
        /// <summary>Whether what was said last did not go out.</summary>
        public bool IsMute { get; set; }
    }
}
