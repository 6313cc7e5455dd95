using Parley.Cli.LocalSessions;
using Parley.Cli.Promoting;
using Parley.Cli.Servers;
using Parley.Cli.Takeover;
using Parley.Cli.Terminals;
using Parley.Core.Sessions;
using Parley.Core.Takeover;
using Parley.Core.Takeover.Bundles;
using Parley.Core.Transcripts;
using Parley.Core.Transfer;

namespace Parley.Cli.Homecoming;

/// <summary>
/// Brings a shared session to this machine. Where its conversation began here and that part is here unchanged, it goes on from that part, whole and unredacted;
/// else all of it is made of what was shared. What was there before stays as it is: the result is a session of its own.
/// </summary>
internal sealed class TakingHome(PullSource source, Destination destination)
{
    private readonly WorkspaceNote? _known = source.IsToken ? null : WorkspaceNote.OfWorkspace(source.Server, source.Value);

    /// <summary>What has changed in the project since the conversation went on elsewhere. The server is asked too, as long as it has what was shared.</summary>
    /// <returns>Null where nothing can be known.</returns>
    public async Task<IReadOnlyList<string>?> ChangesAsync(CancellationToken cancel)
    {
        IReadOnlyList<string> byGit = _known?.Original is { } original ? ProjectChanges.Since(destination.Folder, original) : [];
        if (source.IsToken)
            return null;
        using ServerApi server = source.Connect();
        IReadOnlyList<string>? shared = server.HasKey ? await SharedFiles.ChangedAsync(server, source.Value, destination.Folder, cancel) : null;
        if (shared is null && _known?.Original?.Commit is null)
            return null;
        HashSet<string> named = [.. byGit.Select(PathIn)];
        return [.. byGit, .. (shared ?? []).Where(change => !named.Contains(PathIn(change)))];
    }

    /// <summary>Brings it.</summary>
    /// <param name="changes">What has changed in the project, for the agent to be told.</param>
    /// <param name="cancel">Leaves nothing behind.</param>
    /// <exception cref="Failure">Nothing can be read there, or there is nothing in it to go on with.</exception>
    public async Task<HomeArrival> BringAsync(IReadOnlyList<string>? changes, CancellationToken cancel)
    {
        using var arrival = new ArrivalFolder();
        await using FileStream bundle = await source.DownloadAsync(arrival, cancel);
        try
        {
            Beginning? beginning = Original(arrival);
            StagedConversation staged = beginning is null
                ? await BundleTranscript.MakeAsync(bundle, arrival.Session, cancel)
                : await BundleTranscript.MakeAsync(bundle, beginning, cancel);
            bool isShared = beginning is not null || staged.People.Count > 0;
            InstallTarget target = destination.Target(SessionCatalog.Agent, source.Link) with
            {
                IsOwn = beginning is not null,
                Ending = isShared ? Ending(staged, beginning is not null, changes) : default,
            };
            return new HomeArrival(SessionInstaller.Install(staged.Session, target, cancel), isShared ? staged : null, _known?.SessionId, changes ?? []);
        }
        catch (Exception e) when (e is BundleException or TakeoverException)
        {
            throw new Failure(DisplayText.OneLine(e.Message));
        }
    }

    private byte[] Ending(StagedConversation staged, bool goesOn, IReadOnlyList<string>? changes)
    {
        string url = _known?.Url ?? $"{source.Server.ToString().TrimEnd('/')}/c/{source.Value}";
        return staged.Ending(HomeNote.Of(staged, url, goesOn, changes), $"{staged.Title} (from its workspace)", TimeProvider.System.GetUtcNow());
    }

    // The transcript from which the conversation moved, if it still begins as it did then.
    private Beginning? Original(ArrivalFolder arrival)
    {
        if (_known is not { Original: { Bytes: > 0 } original, SessionId: { } id } || SessionCatalog.OfThisUser().Find(id) is not { } path || !original.IsBeginningOf(path))
            return null;
        using PackedSession packed = SessionPacker.Pack(LocalCatalog.OpenFile(path).Info);
        ReceivedSession copy = arrival.Receive(packed);
        if (Beginning.Of(copy, original.Bytes, original.LastSeq) is { } beginning)
            return beginning;
        Directory.Delete(copy.Folder, recursive: true);
        return null;
    }

    private static string PathIn(string change) => change.Split(" | ")[0].Split(" (")[0];
}

/// <summary>A session that came.</summary>
/// <param name="Installed">What it is here.</param>
/// <param name="Conversation">What is to be said of it; null for one that was only shared by a link.</param>
/// <param name="GrewFrom">The session of this machine that it began as; null for none.</param>
/// <param name="Changes">What has changed in the project meanwhile.</param>
internal sealed record HomeArrival(InstalledSession Installed, StagedConversation? Conversation, string? GrewFrom, IReadOnlyList<string> Changes);
