using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Parley.Cli.Discovery;
using Parley.Cli.Relaying;
using Parley.Cli.Terminals;
using Parley.Core.Transfer;

namespace Parley.Cli.Transfers;

/// <summary>A line to a sender, over the way that the receiver named or that was found.</summary>
internal static class Reach
{
    /// <summary>How long one address may take to answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>How soon the next address is tried beside one that does not answer yet (RFC 8305, section 5).</summary>
    private static readonly TimeSpan Stagger = TimeSpan.FromMilliseconds(250);

    /// <summary>The line, and the passphrase for it. Who has to type it does so before anybody waits at the other end.</summary>
    public static async Task<(Arrival Sender, Passphrase Passphrase)> SenderAsync(ReceiveTerms terms, CancellationToken cancel)
    {
        if (terms.Relay is { } relay)
        {
            Passphrase known = await terms.Passphrase();
            return (new Arrival(await RelayConnection.JoinAsync(relay, terms.Room!, cancel), $"room {terms.Room!.ToUpperInvariant()}"), known);
        }
        if (terms.To is { } to && Address(to) is { } address)
        {
            Passphrase known = await terms.Passphrase();
            return (new Arrival(await ConnectAsync(await ResolveAsync(address.Host, address.Port, cancel), to, cancel), to), known);
        }
        FoundSender found = await SenderSearch.FindAsync(terms.To, asks: !terms.Json && Terminal.CanAsk, cancel);
        Passphrase passphrase = await terms.Passphrase();
        return (new Arrival(await ConnectAsync(found.EndPoints, found.Instance, cancel), found.Instance), passphrase);
    }

    /// <summary>Host and port of <c>host:port</c>, <c>1.2.3.4:port</c> or <c>[::1]:port</c>; null when it is a service's name.</summary>
    private static (string Host, int Port)? Address(string text)
    {
        int colon = text.LastIndexOf(':');
        if (colon < 0)
            return null;
        string host = text[..colon].Trim('[', ']');
        bool isPort = int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is >= 1 and <= IPEndPoint.MaxPort;
        bool isBareIPv6 = host.Contains(':') && text[0] != '[';
        return isPort && host.Length > 0 && !isBareIPv6
            ? (host, port)
            : throw new Failure($"--to is HOST:PORT, such as 192.168.1.5:40123 or [fe80::1%eth0]:40123, not '{DisplayText.OneLine(text)}'.", ExitCode.Usage);
    }

    private static async Task<IReadOnlyList<IPEndPoint>> ResolveAsync(string host, int port, CancellationToken cancel)
    {
        try
        {
            IPAddress[] addresses = IPAddress.TryParse(host, out IPAddress? address) ? [address] : await Dns.GetHostAddressesAsync(host, cancel);
            return [.. addresses.Select(found => new IPEndPoint(found, port))];
        }
        catch (SocketException)
        {
            throw new Failure($"there is no host '{DisplayText.OneLine(host)}'. The sender's screen shows its address.");
        }
    }

    private static async Task<Stream> ConnectAsync(IReadOnlyList<IPEndPoint> endPoints, string name, CancellationToken cancel)
    {
        using var others = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        others.CancelAfter(Patience);
        Socket? connected = await FirstAsync(endPoints, others.Token);
        await others.CancelAsync();
        cancel.ThrowIfCancellationRequested();
        return connected is not null
            ? new NetworkStream(connected, ownsSocket: true)
            : throw new Failure($"{DisplayText.OneLine(name)} does not answer: the sender has stopped, or a firewall is between. Over a relay it works: `parley send --relay`.");
    }

    // One after the other, each beside those before it; the first that answers is taken.
    private static async Task<Socket?> FirstAsync(IReadOnlyList<IPEndPoint> endPoints, CancellationToken cancel)
    {
        List<Task<Socket?>> attempts = [];
        for (int next = 0; next < endPoints.Count || attempts.Count > 0;)
        {
            if (next < endPoints.Count)
                attempts.Add(ConnectAsync(endPoints[next++], cancel));
            Task stagger = Task.Delay(next < endPoints.Count ? Stagger : Timeout.InfiniteTimeSpan, cancel);
            if (await Task.WhenAny([.. attempts, stagger]) is not Task<Socket?> ended)
                continue;
            attempts.Remove(ended);
            if (await ended is not { } connected)
                continue;
            foreach (Task<Socket?> late in attempts)
                _ = late.ContinueWith(socket => socket.Result?.Dispose(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            return connected;
        }
        return null;
    }

    private static async Task<Socket?> ConnectAsync(IPEndPoint endPoint, CancellationToken cancel)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, cancel);
            return socket;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            return null;
        }
    }
}
