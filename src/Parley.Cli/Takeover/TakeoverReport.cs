using System.Text.Json;
using Parley.Cli.Servers;
using Parley.Cli.Terminals;
using Parley.Cli.Transfers;
using Parley.Core.Takeover;

namespace Parley.Cli.Takeover;

/// <summary>What <c>parley pull --json</c> and <c>parley import --json</c> print.</summary>
internal sealed record TakenOverReport(IReadOnlyList<InstalledLine> Installed);

/// <summary>How a taking over ends: what is there now and how it is gone on with, and with <c>--resume</c> the agent itself.</summary>
internal static class TakeoverReport
{
    /// <returns>The exit code of the command.</returns>
    public static Task<int> EndAsync(InstalledSession session, Destination destination, bool resumes, bool json)
    {
        if (!json)
            return EndAsync([session], destination, resumes);
        Terminal.Out.WriteLine(JsonSerializer.Serialize(new TakenOverReport([InstalledLine.Of(session)]), CliJson.Readable.TakenOverReport));
        return Task.FromResult(ExitCode.Done);
    }

    /// <summary>The same for people, of one or several sessions; the first is the one to go on with.</summary>
    /// <returns>The exit code of the command.</returns>
    public static async Task<int> EndAsync(IReadOnlyList<InstalledSession> sessions, Destination destination, bool resumes)
    {
        foreach (InstalledSession session in sessions)
            Terminal.Error.WriteLine(Sentence(session));
        if (resumes)
            return await Resume.Of(sessions[0], destination.Folder).RunAsync();
        foreach (InstalledSession session in sessions)
            Terminal.Out.WriteLine(Resume.Of(session, destination.Folder).Command);
        return ExitCode.Done;
    }

    private static string Sentence(InstalledSession session) => session.Outcome switch
    {
        InstallOutcome.AlreadyThere => $"the session is here already: {session.SessionId}",
        InstallOutcome.InstalledAsCopy => $"installed as {session.SessionId}, since its own id names another session here",
        _ => $"installed as {session.SessionId}",
    };
}
