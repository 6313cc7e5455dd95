using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Parley.Cli.LocalSessions;
using Parley.Cli.Sharing;
using Parley.Cli.Terminals;
using Parley.Core.Transcripts;

namespace Parley.Cli.Servers;

/// <summary><c>parley serve</c>: runs the server that is installed beside the command, and on demand shares the newest session on it.</summary>
internal static class ServeCommand
{
    private const int DefaultPort = 3000;

    private static readonly TimeSpan ReadyPoll = TimeSpan.FromMilliseconds(100);

    public static Command Create()
    {
        var shareLatest = new Option<bool>("--share-latest") { Description = "When it is ready, share this machine's newest session (or a sample) and print its link" };
        var port = new Option<int?>("--port", "-p") { Description = $"Where to listen (PORT; {DefaultPort} otherwise)", HelpName = "PORT" };
        port.Validators.Add(option =>
        {
            if (option.GetValueOrDefault<int?>() is < 0 or > 65535)
                option.AddError("--port is a number from 0 to 65535.");
        });
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
        using Process server = ServerProgram.Require().Start([], environment);
        Task<int> ended = ServerProgram.WaitAsync(server, cancel);
        if (shareLatest)
            await ShareLatestAsync(Address(environment), ended, cancel);
        return await ended;
    }

    private static Uri Address(Dictionary<string, string> environment)
    {
        string? port = environment.GetValueOrDefault("PORT") ?? System.Environment.GetEnvironmentVariable("PORT");
        return new Uri($"http://localhost:{(string.IsNullOrEmpty(port) ? DefaultPort : port)}/");
    }

    // The server goes on running whatever becomes of the share.
    private static async Task ShareLatestAsync(Uri address, Task ended, CancellationToken cancel)
    {
        try
        {
            using var probe = new ServerApi(address, null);
            while (!await probe.IsReadyAsync(cancel))
            {
                if (await Task.WhenAny(ended, Task.Delay(ReadyPoll, cancel)) == ended)
                    return;
            }
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
            ?? (await Upload.RunAsync(session, server, expires: null, isPrivate: false, cancel)).Url;
        Terminal.Error.WriteLine();
        Terminal.Error.WriteLine(latest is null ? "No session was found on this machine; here is a sample:" : "Your newest session, without secrets and personal paths:");
        Terminal.Error.WriteLine();
        Terminal.Out.WriteLine($"  {Style.OfOut.Link(url)}");
        Terminal.Error.WriteLine();
        Terminal.Error.WriteLine(Style.OfError.Dim("`parley share` shares any other. Ctrl-C stops the server."));
    }

    // A session that has not changed keeps the link that it has.
    private static async Task<string?> SharedBeforeAsync(ServerApi server, TranscriptInfo info, CancellationToken cancel)
    {
        foreach (var shared in (await server.ListAsync(cancel)).Sessions)
            if (SharedSessions.Text(shared, "sourceId") == info.SessionId && SharedSessions.Text(shared, "messageCount") == $"{info.EntryCount}")
                return SharedSessions.Text(shared, "url");
        return null;
    }
}
