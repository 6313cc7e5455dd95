using System.Globalization;
using Parley.Cli.Context;
using Parley.Cli.Control;
using Parley.Cli.Homecoming;
using Parley.Cli.Live;
using Parley.Cli.Pausing;
using Parley.Cli.Servers;
using Parley.Cli.Sharing;
using Parley.Core.Context;
using Parley.Core.Transcripts;

namespace Parley.Cli.Promoting;

/// <summary>
/// Promotes a session of this machine: sends it unless it is on the server already, adds what the agent may use, and lets the server do the rest. Each
/// part can be repeated, so that a command that was broken off is gone on with by typing it again.
/// </summary>
internal sealed class Promoter(ServerApi server, PromotionProgress progress)
{
    /// <summary>A live share that is driven by another process is waited for: so long at most, until nothing more comes of it.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3), Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>What of a session is on the server already, and can be promoted as it is; null for nothing.</summary>
    public async Task<string?> FindAsync(OutgoingSession session, CancellationToken cancel)
    {
        string id = session.Transcript.Info.SessionId;
        SessionSummary[] there = [.. (await server.SharesAsync(cancel)).Sessions.Select(own => own.Session).Where(own => own.SourceId == id)];
        if (there.FirstOrDefault(own => own.Workspace == SessionSummary.OpenWorkspace) is { } workspace)
            return workspace.ShareId;
        if (await FinishAbandonedAsync(id, cancel) is { } finished)
            return finished;
        if (there.FirstOrDefault(own => own.Live && LiveJournal.IsHere(own.ShareId)) is { } live)
        {
            await SettleAsync(live.ShareId, cancel);
            return live.ShareId;
        }
        return WorkspaceNote.Find(server.Address, id) is { } note && there.Any(own => own.ShareId == note.ShareId && own.Workspace is null)
            ? await TakeOrDropAsync(note, session, cancel)
            : null;
    }

    /// <summary>Promotes the session.</summary>
    /// <param name="session">What goes out.</param>
    /// <param name="there">Under which id it is on the server; null when it is sent first.</param>
    /// <param name="request">What it is to become.</param>
    /// <param name="chosen">Files that are taken for the agent though they hold secrets.</param>
    /// <param name="terms">For how long, when it is sent.</param>
    /// <param name="cancel">Ends it; what was sent stays private.</param>
    /// <exception cref="Failure">It could not be promoted.</exception>
    public async Task<PromotionResult> RunAsync(
        OutgoingSession session, string? there, PromotionRequest request, IReadOnlySet<string> chosen, Terms terms, CancellationToken cancel)
    {
        // What can't be shared of the context is said before anything is sent.
        ContextSources? sources = request.Context is { IsEmpty: false } ? ContextSources.Of(session.Transcript.Info) : null;
        if (sources is not null)
            ContextUpload.Plan(sources, request.Context!, chosen, cancel);
        string shareId = there ?? await SendAsync(session, terms, cancel);
        if (sources is not null)
            request = request with { Context = await AddContextAsync(shareId, sources, request.Context!, chosen, cancel) };
        PromotionResult result = await server.PromoteAsync(shareId, request, progress.Done, cancel);
        if (result.Mode == PromotionRequest.Multiplayer)
            Pause(session, result);
        else
            Note(session, shareId, url: null);
        return result;
    }

    // Nobody sees it before it is promoted.
    private async Task<string> SendAsync(OutgoingSession session, Terms terms, CancellationToken cancel)
    {
        int total = session.Transcript.Info.EntryCount;
        ShareResult sent = await Upload.SendAsync(
            session, server, new Terms(terms.Expires, IsPrivate: true), Report, cancel);
        Note(session, sent.ShareId, url: null);
        return sent.ShareId;

        void Report(int number)
        {
            if (number % Math.Max(1, total / 50) == 0)
                progress.Doing($"Sending the session: {number:N0} of {total:N0} entries");
        }
    }

    // As the server calls it from then on.
    private async Task<ContextChoice> AddContextAsync(
        string shareId, ContextSources sources, ContextChoice choice, IReadOnlySet<string> chosen, CancellationToken cancel)
    {
        progress.Doing("Sending what the agent may use");
        IReadOnlyList<SentResource> sent = await ContextUpload.SendAsync(server, shareId, sources, choice, chosen, progress.Sent, cancel);
        return choice with { Files = [.. sent.Where(resource => resource.Kind == ContextKind.Files).Select(resource => resource.Plan.Name)] };
    }

    private void Note(OutgoingSession session, string shareId, string? url, Original? original = null) => new WorkspaceNote(
        WorkspaceNote.Version, server.Address.ToString(), session.Transcript.Info.SessionId, shareId, url, StateOf(session))
    { Original = original }.Save();

    // What was said until now is here, whole; a session that was a workspace before went on there since.
    private void Pause(OutgoingSession session, PromotionResult result)
    {
        TranscriptInfo info = session.Transcript.Info;
        Original? known = WorkspaceNote.Find(server.Address, info.SessionId) is { Url: not null } note && note.ShareId == result.ShareId ? note.Original : null;
        Original? now = result.Steps.Any(step => step.Step == "routed") && result.Steps.FirstOrDefault(step => step.Step == "mirrored")?.Counts is { } counts
            ? Original.Of(info.Path, new FileInfo(info.Path).Length, counts["messages"], Repository.CommitOf(info.WorkingDirectory))
            : null;
        Note(session, result.ShareId, result.Url, now ?? known);
        PausedSession.Begin(server.Address, info.SessionId, result.ShareId, result.Url);
    }

    // A live share that nobody drives any more is brought to where the transcript is.
    private async Task<string?> FinishAbandonedAsync(string sessionId, CancellationToken cancel)
    {
        string? finished = null;
        foreach (AbandonedShare abandoned in LiveJournal.Abandoned())
        {
            if (finished is not null || !abandoned.Journal.Terms.IsOf(sessionId, server.Address))
            {
                abandoned.Journal.Dispose();
                continue;
            }
            using LiveShare share = await LiveShare.ResumeAsync(abandoned, server, cancel);
            if (await share.RunAsync(new CancellationToken(canceled: true)) == LiveEnd.Stopped)
                finished = share.Shared.ShareId;
        }
        return finished;
    }

    private async Task SettleAsync(string shareId, CancellationToken cancel)
    {
        int before = -1;
        for (TimeSpan waited = TimeSpan.Zero; waited < Settling; waited += Interval)
        {
            int now = (await server.SessionAsync(shareId, cancel)).LastSeq;
            if (now == before)
                return;
            before = now;
            await Task.Delay(Interval, cancel);
        }
    }

    // What was sent before and never promoted, because the command was broken off: as it is now, or not at all.
    private async Task<string?> TakeOrDropAsync(WorkspaceNote note, OutgoingSession session, CancellationToken cancel)
    {
        if (note.Upload == StateOf(session))
            return note.ShareId;
        if (note.Url is null)
            await server.DeleteAsync(note.ShareId, cancel);
        return null;
    }

    private static string StateOf(OutgoingSession session)
    {
        var file = new FileInfo(session.Transcript.Info.Path);
        Core.Sessions.Selection selection = session.Selection;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{file.Length} {file.LastWriteTimeUtc.Ticks} {selection.From} {selection.ToolResults} {selection.Thinking} {string.Join(',', selection.LeftOut)} {session.Title}");
    }
}

/// <summary>Who is told how far a promotion is.</summary>
/// <param name="Doing">Is told what is being done, as often as it changes.</param>
/// <param name="Done">Is told what is done.</param>
/// <param name="Sent">Is told of each folder that was sent, and what of it stayed here.</param>
internal sealed record PromotionProgress(Action<string> Doing, Action<PromotionStep> Done, Action<SentResource> Sent);
