using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Threading.Channels;
using Parley.Core.Discovery;

namespace Parley.Cli.Discovery;

/// <summary>A message of multicast DNS that came in.</summary>
internal sealed record Packet(DnsMessage Message, Link Link, IPEndPoint From)
{
    /// <summary>Whether an ordinary resolver sent it (RFC 6762 §6.7).</summary>
    public bool IsOneShot => From.Port != MulticastSocket.Port;
}

/// <summary>
/// All links of this machine, as they come and go: what multicast DNS says on them, and the means to speak there. Its port is shared with whatever
/// else does so on this machine.
/// </summary>
internal sealed class LocalNetwork : IDisposable
{
    /// <summary>Messages that wait; more are lost, as they may be on any network.</summary>
    private const int MaxWaiting = 256;

    /// <summary>How often links are looked at in any case: systems tell of addresses, but not of every link that works again.</summary>
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _clock;
    private readonly List<MulticastSocket> _sockets = [];
    private readonly List<MulticastSocket> _oneShots = [];
    private readonly ITimer _timer;
    // A message, or null to wake up whoever waits.
    private readonly Channel<Packet?> _events = Channel.CreateBounded<Packet?>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile bool _haveLinksChanged = true;
    private TimeSpan _nextLook;

    /// <exception cref="Failure">There is no port to be had.</exception>
    public LocalNetwork(TimeProvider clock)
    {
        _clock = clock;
        _timer = clock.CreateTimer(_ => _events.Writer.TryWrite(null), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Watch();
        SocketException? refused = null;
        foreach (AddressFamily family in (AddressFamily[])[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
        {
            try
            {
                _sockets.Add(MulticastSocket.Open(family, MulticastSocket.Port));
                _oneShots.Add(MulticastSocket.Open(family, port: 0));
            }
            catch (SocketException e)
            {
                refused = e;
            }
        }
        if (_sockets.Count == 0)
        {
            Dispose();
            throw new Failure($"this network can't be searched: UDP port {MulticastSocket.Port} can't be opened ({refused!.Message}). Give the address with --to, or use --relay.");
        }
        foreach (MulticastSocket socket in _sockets.Concat(_oneShots))
            _ = ListenAsync(socket);
    }

    /// <summary>The time since any moment.</summary>
    public TimeSpan Now => _clock.GetElapsedTime(0);

    public IReadOnlyList<Link> Links { get; private set; } = [];

    /// <summary>Looks which links there are now, if that may have changed.</summary>
    /// <returns>Whether it looked.</returns>
    public bool Refresh()
    {
        if (!_haveLinksChanged && Now < _nextLook)
            return false;
        (_haveLinksChanged, _nextLook) = (false, Now + BetweenLooks);
        IReadOnlyList<Link> before = Links;
        Links = Link.Current();
        foreach (Link link in Links.Where(link => !before.Any(link.IsSameAs)))
        {
            foreach (MulticastSocket socket in _sockets)
                socket.Join(link);
        }
        return true;
    }

    /// <summary>Waits for what happens next.</summary>
    /// <returns>A message; null when it is time, or to look at the links again.</returns>
    public ValueTask<Packet?> NextAsync(TimeSpan due, CancellationToken cancel)
    {
        TimeSpan wait = (due < _nextLook ? due : _nextLook) - Now;
        _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        return _events.Reader.ReadAsync(cancel);
    }

    /// <summary>Says something to everybody on a link.</summary>
    /// <returns>False where nobody can have heard it.</returns>
    public bool Say(DnsMessage message, Link link)
    {
        byte[] bytes = message.Write();
        bool isSaid = false;
        foreach (MulticastSocket socket in _sockets)
            isSaid |= socket.SendToAll(bytes, link);
        return isSaid;
    }

    /// <summary>
    /// Asks as an ordinary resolver does: from a port that is not shared, and is answered at once and by unicast. On multicast DNS' own port such an
    /// answer could go to another program.
    /// </summary>
    public void AskOnce(DnsMessage query, Link link)
    {
        byte[] bytes = query.Write();
        foreach (MulticastSocket socket in _oneShots)
            socket.SendToAll(bytes, link);
    }

    /// <summary>Answers who sent something.</summary>
    public void Answer(DnsMessage answer, Packet packet) =>
        _sockets.Find(socket => socket.Family == packet.From.AddressFamily)?.Send(answer.Write(), packet.From);

    public void Dispose()
    {
        NetworkChange.NetworkAddressChanged -= OnLinksChanged;
        _timer.Dispose();
        foreach (MulticastSocket socket in _sockets.Concat(_oneShots))
            socket.Dispose();
    }

    private void Watch()
    {
        try
        {
            NetworkChange.NetworkAddressChanged += OnLinksChanged;
        }
        catch (NetworkInformationException)
        {
            // This system does not tell: they are looked at all the same.
        }
    }

    private async Task ListenAsync(MulticastSocket socket)
    {
        var buffer = new byte[DnsMessage.MaxBytes];
        while (await socket.ReceiveAsync(buffer) is { } datagram)
        {
            Link? link = Links.FirstOrDefault(link => link.Index(socket.Family) == datagram.Interface);
            if (link is not null && IsBelievable(datagram, link) && DnsMessage.Read(datagram.Bytes.Span) is { } message
                && (!message.IsResponse || datagram.From.Port == MulticastSocket.Port))
                _events.Writer.TryWrite(new Packet(message, link, datagram.From));
        }
    }

    // What was sent to this machine alone may come from anywhere (RFC 6762 §11).
    private static bool IsBelievable(Datagram datagram, Link link) => datagram.IsToAll || link.Reaches(datagram.From.Address);

    private void OnLinksChanged(object? sender, EventArgs e)
    {
        _haveLinksChanged = true;
        _events.Writer.TryWrite(null);
    }
}
