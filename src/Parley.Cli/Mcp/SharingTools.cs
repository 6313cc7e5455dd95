using System.ComponentModel;
using ModelContextProtocol;
using Parley.Cli.Control;
using Parley.Cli.Pausing;
using Parley.Cli.Servers;
using Parley.Cli.Sharing;
using Parley.Cli.Terminals;
using Parley.Core.Sessions;
using Parley.Core.Transcripts;

namespace Parley.Cli.Mcp;

/// <summary>The tools that share the current session, take it back, and show what is shared. They share nothing that <c>parley share</c> would not.</summary>
internal sealed class SharingTools(CurrentSession current, LiveShares lives)
{
    /// <summary>More would be paid for as context; the rest is on the page of all shares.</summary>
    private const int Listed = 50;

    public async Task<SharedSession> ShareAsync(
        [Description("A title; the session's own when left out")] string? title = null,
        [Description("Seconds until the link ends, 0 for never; the server's default when left out")] int? expiresIn = null,
        [Description("Keep sending what follows, until the session ends")] bool live = false,
        [Description("false leaves out what tools put out")] bool includeToolResults = true,
        [Description("Only what follows goes out, nothing of what was said so far; implies live")] bool fromNow = false,
        IProgress<ProgressNotificationValue>? progress = null,
        CancellationToken cancel = default)
    {
        Transcript transcript = await current.OpenAsync(cancel);
        OutgoingSession session = Outgoing(transcript, title, includeToolResults);
        var terms = new Terms(Expiry.Of(expiresIn), IsPrivate: false);
        if (live || fromNow)
            return Answer(await lives.StartAsync(session, terms, fromNow, cancel), isLive: true);
        using var server = ServerApi.Connect();
        return Answer(await Upload.SendAsync(session, server, terms, Report(progress, transcript.Info.EntryCount), cancel), isLive: false);
    }

    public async Task<UnsharedSession> UnshareAsync(
        [Description("The share's id or its link")] string shareId,
        CancellationToken cancel = default)
    {
        using var server = ServerApi.Connect();
        string id = SharedName.SessionId(shareId, server.Address);
        await server.DeleteAsync(id, cancel);
        PausedSession.EndAllOf(server.Address, id);
        await lives.EndAsync(id);
        return new UnsharedSession(id, $"{id} is deleted from the server; its link is dead.");
    }

    public static async Task<ListedSessions> ListAsync(CancellationToken cancel = default)
    {
        using var server = ServerApi.Connect();
        IReadOnlyList<OwnSession> all = (await server.SharesAsync(cancel)).Sessions;
        return new ListedSessions([.. all.Take(Listed).Select(ListedSession.Of)], all.Count, all.Count switch
        {
            0 => "Nothing is shared.",
            <= Listed => "This is all that the user shares.",
            _ => $"The newest {Listed} of {all.Count}; `parley list` shows all.",
        });
    }

    public async Task<RedactionPreview> PreviewAsync(
        [Description("false leaves out what tools put out")] bool includeToolResults = true,
        CancellationToken cancel = default)
    {
        OutgoingSession session = Outgoing(await current.OpenAsync(cancel), title: null, includeToolResults);
        return RedactionPreview.Of(await Task.Run(() => Survey.Of(session, cancel), cancel));
    }

    internal static OutgoingSession Outgoing(Transcript transcript, string? title, bool toolResults) =>
        new(transcript, Machine.Redaction(transcript.Info)) { Title = title, Selection = new Selection { ToolResults = toolResults } };

    private static Action<int> Report(IProgress<ProgressNotificationValue>? progress, int total) => done =>
    {
        // A notification an entry would outnumber the entries' own bytes.
        if (done % Math.Max(1, total / 20) == 0)
            progress?.Report(new ProgressNotificationValue { Progress = done, Total = total, Message = $"{done:N0} of {total:N0} entries" });
    };

    private static SharedSession Answer(ShareResult result, bool isLive)
    {
        int places = result.Redactions.Values.Sum();
        string taken = places == 0 ? "nothing had to be taken out" : $"{places} places were taken out";
        string ends = result.ExpiresAt is null ? "It does not expire." : $"It ends {Times.Remaining(result.ExpiresAt, DateTimeOffset.UtcNow)}.";
        string grows = isLive ? " The page grows until the session ends." : "";
        return new SharedSession(
            result.Url, result.ShareId, result.Title, isLive, result.Messages, result.Redactions, result.ExpiresAt,
            $"Whoever has the link can read it; {taken}.{grows} {ends} unshare_session takes it back.");
    }
}
