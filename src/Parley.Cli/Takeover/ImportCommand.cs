using System.CommandLine;
using Parley.Cli.LocalSessions;
using Parley.Cli.Terminals;
using Parley.Core.Takeover;
using Parley.Core.Transcripts;
using Parley.Core.Transfer;

namespace Parley.Cli.Takeover;

/// <summary><c>parley import</c>: a session in a file becomes one of this machine's.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A bundle or JSON export of `parley export`, or a transcript with what lies beside it" };
        var options = new TakeoverOptions();
        var command = new CliCommand("import", "Take a session in a file over, to go on with it", """
            parley import session.jsonl
            parley import session.jsonl --into ~/work/shop --resume
            """) { file };
        options.AddTo(command);
        command.SetAction((parsed, cancel) =>
            RunAsync(parsed.GetRequiredValue(file), options.DestinationOf(parsed), options.Resumes(parsed), options.IsJson(parsed), cancel));
        return command;
    }

    private static async Task<int> RunAsync(string path, Destination destination, bool resumes, bool json, CancellationToken cancel)
    {
        using var arrival = new ArrivalFolder();
        await using FileStream? bundle = BundleFile.TryOpen(path, arrival);
        InstalledSession installed = bundle is not null
            ? await PullCommand.InstallAsync(bundle, arrival, destination.Target(SessionCatalog.Agent), cancel)
            : InstallTranscript(path, arrival, destination, cancel);
        return await TakeoverReport.EndAsync(installed, destination, resumes, json);
    }

    private static InstalledSession InstallTranscript(string path, ArrivalFolder arrival, Destination destination, CancellationToken cancel)
    {
        try
        {
            TranscriptInfo info = LocalCatalog.OpenFile(Path.GetFullPath(path)).Info;
            using PackedSession packed = SessionPacker.Pack(info);
            return SessionInstaller.Install(arrival.Receive(packed), destination.Target(info.Agent), cancel);
        }
        catch (TakeoverException e)
        {
            throw new Failure(DisplayText.OneLine(e.Message));
        }
    }
}
