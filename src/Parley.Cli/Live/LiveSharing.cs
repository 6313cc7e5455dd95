using Parley.Cli.Servers;
using Parley.Cli.Sharing;
using Parley.Cli.Terminals;

namespace Parley.Cli.Live;

/// <summary><c>parley share --live</c>: shares, prints the link, and goes on until Ctrl-C.</summary>
internal static class LiveSharing
{
    public static async Task RunAsync(OutgoingSession session, Terms terms, bool fromNow, bool asks, Announcement announcement, CancellationToken cancel)
    {
        using var server = ServerApi.Connect();
        server.WarnIfReadableOnTheWay();
        if (asks)
            session = await AskAsync(session, fromNow, server.Address, cancel) ?? throw new Failure("nothing was shared.");
        using LiveShare share = await LiveShare.StartAsync(session, terms, fromNow, server, cancel);
        announcement.Make(share.Shared);
        using var line = new LiveLine(share, announcement.Json);
        LiveEnd end = await share.RunAsync(cancel);
        line.End(end);
    }

    private static async Task<OutgoingSession?> AskAsync(OutgoingSession session, bool fromNow, Uri server, CancellationToken cancel)
    {
        if (!fromNow)
            return await Review.AskAsync(session, server, cancel);
        Terminal.Error.WriteLine("Nothing of what was said so far goes out. From now on everything does, without secrets and personal paths.");
        string? answer = await Terminal.AskAsync($"Share it on {server.ToString().TrimEnd('/')}? [y/n] ", cancel);
        return answer?.Trim().ToLowerInvariant() is "y" or "yes" ? session : null;
    }
}
