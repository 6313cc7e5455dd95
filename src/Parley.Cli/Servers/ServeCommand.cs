using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Parley.Cli.LocalSessions;
using Parley.Cli.Sharing;
using Parley.Cli.Terminals;
using Parley.Core.Transcripts;

namespace Parley.Cli.Servers;

/// <summary><c>parley serve</c>: runs the server that is installed beside the command, and on demand shares the newest session on it.</summary>
internal static partial class ServeCommand
{
    private const int DefaultPort = 3000;

    public static Command Create()
    {
        var shareLatest = new Option<bool>("--share-latest") { Description = "When it is ready, share this machine's newest session (or a sample) and print its link" };
        Option<int?> port = Options.Number("--port", "-p", $"Where to listen (PORT; {DefaultPort} otherwise, 0 for any free one)", "PORT", 0, ushort.MaxValue);
        var database = new Option<string>("--database") { Description = "A SQLite file (DATABASE_PATH), or postgres://… (DATABASE_URL)", HelpName = "WHERE" };
        var command = new CliCommand("serve", "Run the server", """
            parley serve
            parley serve --share-latest
            parley serve --port 8080 --database /var/lib/parley/sessions.db
            """) { shareLatest, port, database };
        command.SetAction((parsed, cancel) =>
            RunAsync(Environment(parsed.GetValue(port), parsed.GetValue(database)), parsed.GetValue(shareLatest), cancel));
        return command;
    }

    private static Dictionary<string, string> Environment(int? port, string? database)
    {
        var environment = new Dictionary<string, string>();
        if (port is not null)
            environment["PORT"] = port.Value.ToString(CultureInfo.InvariantCulture);
        if (database is not null && database.StartsWith("postgres", StringComparison.Ordinal) && database.Contains("://", StringComparison.Ordinal))
            environment["DATABASE_URL"] = database;
        else if (database is not null)
            (environment["DATABASE_PATH"], environment["DATABASE_URL"]) = (database, "");
        return environment;
    }

    private static async Task<int> RunAsync(Dictionary<string, string> environment, bool shareLatest, CancellationToken cancel)
    {
        using Process server = ServerProgram.Require().Start([], environment, readsOutput: shareLatest);
        Task<int> ended = ServerProgram.WaitAsync(server, cancel);
        if (shareLatest)
            await PassOutputAsync(server.StandardOutput, cancel);
        return await ended;
    }

    // The server says on its first line where it listens, once it is ready and this machine's key is written.
    private static async Task PassOutputAsync(StreamReader output, CancellationToken cancel)
    {
        Task sharing = Task.CompletedTask;
        while (await output.ReadLineAsync(CancellationToken.None) is { } line)
        {
            Terminal.Error.WriteLine(line);
            if (sharing == Task.CompletedTask && ListensOn().Match(line) is { Success: true } match)
                sharing = ShareLatestAsync(new Uri(match.Groups[1].Value + "/"), cancel);
        }
        await sharing;
    }

    [GeneratedRegex(@"^Parley listens on (https?://\S+)")]
    private static partial Regex ListensOn();

    // The server goes on running whatever becomes of the share.
    private static async Task ShareLatestAsync(Uri address, CancellationToken cancel)
    {
        try
        {
            await ShareAsync(address, cancel);
        }
        catch (Failure failure)
        {
            Terminal.Error.WriteLine($"parley: {failure.Message}");
        }
        catch (OperationCanceledException)
        {
            // The server is being stopped.
        }
    }

    private static async Task ShareAsync(Uri address, CancellationToken cancel)
    {
        using var server = new ServerApi(address, Settings.FileKey(address) ?? throw ServerErrors.NoKey(address));
        Transcript? latest = LocalCatalog.Latest();
        Transcript transcript = latest ?? LocalCatalog.Sample() ?? throw new Failure("there is no session on this machine, and no sample beside the command.");
        var session = new OutgoingSession(transcript, Machine.Redaction(transcript.Info));
        string url = await SharedBeforeAsync(server, transcript.Info, cancel)
            ?? (await Upload.RunAsync(session, server, new Terms(Expires: null, IsPrivate: false), cancel)).Url;
        Terminal.Error.WriteLine();
        Terminal.Error.WriteLine(latest is null ? "No session was found on this machine; here is a sample:" : "Your newest session, without secrets and personal paths:");
        Terminal.Error.WriteLine();
        Terminal.Out.WriteLine($"  {Style.OfOut.Link(url)}");
        Terminal.Error.WriteLine();
        Terminal.Error.WriteLine(Style.OfError.Dim($"`{Command} share` shares any other. Ctrl-C stops the server."));
    }

    // In a checkout the command is a script that is not on the path; it says how it was called.
    private static string Command => System.Environment.GetEnvironmentVariable("PARLEY_COMMAND") is { Length: > 0 } command ? command : "parley";

    // A session that has not changed keeps the public link that it has.
    private static async Task<string?> SharedBeforeAsync(ServerApi server, TranscriptInfo info, CancellationToken cancel)
    {
        using var anyone = new ServerApi(server.Address, key: null);
        foreach (JsonElement shared in (await server.ListAsync(cancel)).Sessions)
        {
            bool same = Times.Parse(SharedSessions.Text(shared, "sessionDate")) == info.Created
                && SharedSessions.Text(shared, "messageCount") == $"{info.EntryCount}";
            if (same && SharedSessions.Text(shared, "shareId") is { } id && await anyone.CanReadAsync(id, cancel))
                return SharedSessions.Text(shared, "url");
        }
        return null;
    }
}
