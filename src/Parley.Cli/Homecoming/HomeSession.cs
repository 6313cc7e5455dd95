using Parley.Cli.Control;
using Parley.Cli.Pausing;
using Parley.Cli.Takeover;
using Parley.Core.Context;
using Parley.Core.Transcripts;
using Parley.Core.Transcripts.ClaudeCode;

namespace Parley.Cli.Homecoming;

/// <summary>The paused session that somebody means who names none.</summary>
internal static class HomeSession
{
    /// <summary>Where its conversation goes on.</summary>
    /// <exception cref="Failure">None or several are meant.</exception>
    public static PullSource Find()
    {
        if (Environment.GetEnvironmentVariable("CLAUDE_CODE_SESSION_ID") is { Length: > 0 } id && PausedSession.Find(id) is { } mine)
            return Of(mine);
        IReadOnlyList<PausedSession> all = PausedSession.List();
        PausedSession[] here = [.. all.Where(paused => IsOfThisProject(paused.SessionId))];
        return (here, all) switch
        {
            ([var one], _) => Of(one),
            ([], [var one]) => Of(one),
            ([], []) => throw new Failure("no session of this machine is paused. Name the workspace by its link; `parley list` shows yours."),
            var (some, _) => throw new Failure($"several sessions are paused. Name the workspace of one:\n{string.Join('\n', (some.Length > 0 ? some : all).Select(paused => $"  {paused.Url}"))}"),
        };
    }

    private static PullSource Of(PausedSession paused) => new(new Uri(paused.Server), SharedKind.Id, paused.ShareId, IsWorkspace: true);

    private static bool IsOfThisProject(string sessionId) =>
        SessionCatalog.OfThisUser().Find(sessionId) is { } path && Path.GetFileName(Path.GetDirectoryName(path)) is var folder
        && (folder == ProjectFolderName.Of(Environment.CurrentDirectory) || folder == ProjectFolderName.Of(ProjectFolder.RepositoryOf(Environment.CurrentDirectory)));
}
