using System.CommandLine;
using System.Text.Json;
using Parley.Cli.Pausing;
using Parley.Cli.Servers;
using Parley.Cli.Takeover;
using Parley.Cli.Terminals;
using Parley.Cli.Transfers;

namespace Parley.Cli.Homecoming;

/// <summary><c>parley home</c>: the conversation of a workspace becomes a session of this machine again, with everything that was said there.</summary>
internal static class HomeCommand
{
    public static Command Create()
    {
        var workspace = new Argument<string?>("WORKSPACE") { Description = "The link or id of the workspace; that of this folder's paused session when left out", Arity = ArgumentArity.ZeroOrOne };
        var close = new Option<bool>("--close") { Description = "Close the workspace for everybody, and go on here" };
        var unpause = new Option<bool>("--unpause") { Description = "Let the session that it began as go on here too" };
        var options = new TakeoverOptions("""{"installed":[{"sessionId","path","outcome"}],"people","entries","changes","closed"}""");
        var command = new CliCommand("home", "Bring what was said in a workspace back to this machine", """
            parley home                          of this folder's paused session
            parley home --close --resume         close the workspace, and go on here at once
            parley home https://parley.example/c/4fK9xQ2mZp1a --into ~/work/shop
            """) { workspace, close, unpause };
        options.AddTo(command);
        command.SetAction((parsed, cancel) => RunAsync(
            SourceOf(parsed.GetValue(workspace)), parsed.GetValue(close), parsed.GetValue(unpause), options.DestinationOf(parsed), options.Resumes(parsed), options.IsJson(parsed), cancel));
        return command;
    }

    private static async Task<int> RunAsync(PullSource source, bool closes, bool unpauses, Destination destination, bool resumes, bool json, CancellationToken cancel)
    {
        var taking = new TakingHome(source, destination);
        IReadOnlyList<string>? changes = await taking.ChangesAsync(cancel);
        if (closes)
        {
            // First, so that nothing is said there that does not come along.
            using ServerApi server = source.Connect();
            await server.CloseWorkspaceAsync(source.Value, cancel);
        }
        HomeArrival arrival = await taking.BringAsync(changes, cancel);
        if (closes || unpauses)
            PausedSession.EndAllOf(source.Server, source.Value);
        if (json)
        {
            Terminal.Out.WriteLine(JsonSerializer.Serialize(HomeReport.Of(arrival, closes), CliJson.Readable.HomeReport));
            return ExitCode.Done;
        }
        HomeText.Tell(arrival, closes);
        return await TakeoverReport.EndAsync([arrival.Installed], destination, resumes);
    }

    private static PullSource SourceOf(string? workspace) => workspace is not null ? PullSource.Parse(workspace) : HomeSession.Find();
}

/// <summary>What <c>parley home --json</c> prints.</summary>
/// <param name="Installed">What is here now.</param>
/// <param name="People">Who wrote in the workspace.</param>
/// <param name="Entries">How many entries were made there; all of them where the conversation did not begin on this machine.</param>
/// <param name="Changes">What has changed in the project meanwhile.</param>
/// <param name="Closed">Whether the workspace is closed now.</param>
internal sealed record HomeReport(IReadOnlyList<InstalledLine> Installed, IReadOnlyList<string> People, long Entries, IReadOnlyList<string> Changes, bool Closed)
{
    public static HomeReport Of(HomeArrival arrival, bool isClosed) =>
        new([InstalledLine.Of(arrival.Installed)], [.. arrival.Conversation?.People ?? []], arrival.Conversation?.Entries ?? 0, arrival.Changes, isClosed);
}
