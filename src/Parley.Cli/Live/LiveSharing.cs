using System.Net;
using Parley.Cli.Servers;
using Parley.Cli.Sharing;
using Parley.Cli.Terminals;

namespace Parley.Cli.Live;

/// <summary><c>parley share --live</c>: shares, prints the link, and goes on until Ctrl-C.</summary>
internal static class LiveSharing
{
    public static async Task RunAsync(OutgoingSession session, Terms terms, bool fromNow, bool asks, Announcement announcement, CancellationToken cancel)
    {
        if (!session.Transcript.Info.CanBeFollowed)
            throw new Failure("only sessions of Claude Code can be followed live. Share this one as it stands: leave --live out.");
        using var server = ServerApi.Connect();
        server.WarnIfReadableOnTheWay();
        using LiveShare? goingOn = await ResumeAsync(session, terms, fromNow, server, cancel);
        if (goingOn is null && asks)
            session = await AskAsync(session, fromNow, server.Address, cancel) ?? throw new Failure("nothing was shared.");
        using LiveShare share = goingOn ?? await LiveShare.StartAsync(session, terms, fromNow, server, cancel);
        announcement.Make(await server.LinkAsync(share.Shared, terms, cancel));
        using var line = new LiveLine(share, announcement.Json);
        LiveEnd end = await share.RunAsync(cancel);
        line.End(end);
    }

    // The share of the same that was broken off; null when there is none, or it isn't on the server any more.
    private static async Task<LiveShare?> ResumeAsync(OutgoingSession session, Terms terms, bool fromNow, ServerApi server, CancellationToken cancel)
    {
        foreach (AbandonedShare abandoned in LiveJournal.Abandoned())
        {
            if (!abandoned.Journal.Terms.IsSame(session, terms, server.Address, fromNow))
            {
                abandoned.Journal.Dispose();
                continue;
            }
            try
            {
                LiveShare share = await LiveShare.ResumeAsync(abandoned with { Transcript = session.Transcript.Info.Path }, server, cancel);
                Terminal.Error.WriteLine("Going on with the live share that was broken off.");
                return share;
            }
            catch (ServerFailure gone) when (gone.Status == HttpStatusCode.NotFound)
            {
                abandoned.Journal.Delete();
            }
        }
        return null;
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
