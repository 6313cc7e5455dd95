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
    public static async Task<int> EndAsync(InstalledSession session, Destination destination, bool resumes, bool json)
    {
        var resume = Resume.Of(session, destination.Folder);
        if (json)
        {
            var report = new TakenOverReport([new InstalledLine(session.SessionId, session.Path, session.Outcome)]);
            Terminal.Out.WriteLine(JsonSerializer.Serialize(report, CliJson.Readable.TakenOverReport));
            return ExitCode.Done;
        }
        Terminal.Error.WriteLine(session.Outcome switch
        {
            InstallOutcome.AlreadyThere => $"the session is here already: {session.SessionId}",
            InstallOutcome.InstalledAsCopy => $"installed as {session.SessionId}, since its own id names another session here",
            _ => $"installed as {session.SessionId}",
        });
        if (resumes)
            return await resume.RunAsync();
        Terminal.Out.WriteLine(resume.Command);
        return ExitCode.Done;
    }
}
