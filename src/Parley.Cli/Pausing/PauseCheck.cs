using System.Net;
using Parley.Cli.Control;
using Parley.Cli.Servers;
using Parley.Cli.Takeover;

namespace Parley.Cli.Pausing;

/// <summary>Asks the server whether a paused session still goes on in its workspace, and lets it go on here where it doesn't.</summary>
internal static class PauseCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>What a person should be told, once it goes on here; null while it is paused, or while nobody answers.</summary>
    public static async Task<string?> RunAsync(PausedSession paused, CancellationToken cancel)
    {
        if (await WhyEndedAsync(paused, cancel) is not { } why)
            return null;
        // Meanwhile it may have been paused for another workspace.
        if (PausedSession.Find(paused.SessionId) == paused)
            PausedSession.End(paused.SessionId);
        return $"Parley: this session goes on here again: {why}.";
    }

    private static async Task<string?> WhyEndedAsync(PausedSession paused, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            using ServerApi server = new PullSource(new Uri(paused.Server), SharedKind.Id, paused.ShareId).Connect();
            if (!server.HasKey)
                return null;
            SessionFacts facts = await server.SessionAsync(paused.ShareId, patience.Token);
            return facts.Workspace == SessionSummary.OpenWorkspace ? null : "its workspace was closed";
        }
        catch (ServerFailure gone) when (gone.Status == HttpStatusCode.NotFound)
        {
            return "its workspace was taken back or has expired";
        }
        catch (Exception e) when (e is Failure || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return null;
        }
    }
}
