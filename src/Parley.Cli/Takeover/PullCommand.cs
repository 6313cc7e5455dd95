using System.CommandLine;
using Parley.Cli.Homecoming;
using Parley.Cli.Terminals;
using Parley.Core.Sessions;
using Parley.Core.Takeover;
using Parley.Core.Takeover.Bundles;
using Parley.Core.Transfer;

namespace Parley.Cli.Takeover;

/// <summary><c>parley pull</c>: a shared session becomes one of this machine's, as it was shared.</summary>
internal static class PullCommand
{
    public static Command Create()
    {
        var source = new Argument<string>("SESSION") { Description = "The link of a shared session, or its id or a token of it on your server" };
        var options = new TakeoverOptions();
        var command = new CliCommand("pull", "Take a shared session over, to go on with it in Claude Code", """
            parley pull https://parley.example/s/4fK9xQ2mZp1a
            parley pull 4fK9xQ2mZp1a --into ~/work/shop --resume
            parley pull https://parley.example/c/4fK9xQ2mZp1a  a workspace, with what was said there
            parley pull "$TOKEN" --json
            """) { source };
        options.AddTo(command);
        command.SetAction((parsed, cancel) =>
            RunAsync(PullSource.Parse(parsed.GetRequiredValue(source)), options.DestinationOf(parsed), options.Resumes(parsed), options.IsJson(parsed), cancel));
        return command;
    }

    private static async Task<int> RunAsync(PullSource source, Destination destination, bool resumes, bool json, CancellationToken cancel)
    {
        var taking = new TakingHome(source, destination);
        HomeArrival arrival = await taking.BringAsync(source.IsWorkspace ? await taking.ChangesAsync(cancel) : null, cancel);
        if (!json)
            HomeText.Tell(arrival, isClosed: false);
        return await TakeoverReport.EndAsync(arrival.Installed, destination, resumes, json);
    }

    /// <summary>Makes a session of a bundle, and installs it.</summary>
    /// <exception cref="Failure">The bundle is broken, or there is nothing in it to go on with.</exception>
    public static async Task<InstalledSession> InstallAsync(FileStream bundle, ArrivalFolder arrival, InstallTarget target, CancellationToken cancel)
    {
        try
        {
            ReceivedSession received = await BundleTranscript.StageAsync(bundle, arrival.Session, cancel);
            return SessionInstaller.Install(received, target, cancel);
        }
        catch (Exception e) when (e is BundleException or TakeoverException)
        {
            throw new Failure(DisplayText.OneLine(e.Message));
        }
    }
}
