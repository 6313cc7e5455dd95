using System.CommandLine;
using System.Text.Json;
using Parley.Cli.Servers;
using Parley.Cli.Terminals;
using Parley.Core.Transcripts;

namespace Parley.Cli.LocalSessions;

/// <summary>A session as <c>parley sessions --json</c> prints it.</summary>
internal sealed record SessionLine(
    string SessionId,
    string Path,
    string? Title,
    string? FirstPrompt,
    string? Project,
    string? GitBranch,
    int MessageCount,
    DateTimeOffset? Created,
    DateTimeOffset? Modified,
    bool IsSidechain,
    string Agent)
{
    public static SessionLine Of(TranscriptInfo info) => new(
        info.SessionId, info.Path, info.Title, info.FirstPrompt, info.WorkingDirectory, info.Branch, info.EntryCount, info.Created, info.Modified, info.IsSidechain, info.Agent);
}

/// <summary><c>parley sessions</c>: the sessions of this machine, newest first.</summary>
internal static class SessionsCommand
{
    /// <summary>How many a terminal shows; a pipe and <c>--json</c> get all.</summary>
    private const int DefaultLimit = 20;

    public static Command Create()
    {
        Option<bool> json = Options.Json("Print all sessions as a JSON array");
        var all = new Option<bool>("--all") { Description = "Show all, not only the newest" };
        Option<int?> limit = Options.Number("--limit", "-n", "Show this many", "N", 1, int.MaxValue);
        var command = new CliCommand("sessions", "List the sessions on this machine, newest first", """
            parley sessions
            parley sessions --limit 5
            parley sessions --json | jq -r '.[0].path'
            """) { json, all, limit };
        command.SetAction((parsed, cancel) =>
        {
            Run(parsed.GetValue(json), parsed.GetValue(limit) ?? (parsed.GetValue(all) ? null : DefaultLimit), parsed.GetResult(limit) is not null);
            return Task.CompletedTask;
        });
        return command;
    }

    private static void Run(bool json, int? limit, bool limitAsked)
    {
        IReadOnlyList<TranscriptInfo> sessions = LocalCatalog.List();
        bool cut = limit is not null && (limitAsked || (!json && Terminal.OutIsTerminal));
        TranscriptInfo[] shown = [.. cut ? sessions.Take(limit!.Value) : sessions];
        if (json)
            Terminal.Out.WriteLine(JsonSerializer.Serialize([.. shown.Select(SessionLine.Of)], CliJson.Readable.SessionLineArray));
        else if (shown.Length == 0)
            Terminal.Error.WriteLine($"There are no sessions in {string.Join(", ", LocalCatalog.Folders().Select(f => f.Value))}.");
        else
            Draw(shown, sessions.Count);
    }

    private static void Draw(TranscriptInfo[] shown, int total)
    {
        bool hasAgents = shown.DistinctBy(s => s.Agent).Count() > 1;
        var table = new Table(
            new("#", RightAligned: true), new("TITLE", Shrinks: true), new("PROJECT", Shrinks: true), new("BRANCH", Shrinks: true),
            new("MESSAGES", RightAligned: true), new("MODIFIED"), new(hasAgents ? "AGENT" : ""), new(shown.Any(s => s.IsSidechain) ? "KIND" : ""));
        for (int i = 0; i < shown.Length; i++)
        {
            TranscriptInfo info = shown[i];
            table.Add(
                $"{i + 1}", info.DisplayTitle, info.Project, info.Branch, $"{info.EntryCount}",
                Times.Ago(info.Modified, DateTimeOffset.UtcNow), hasAgents ? info.Agent : "", info.IsSidechain ? "sidechain" : "");
        }
        table.Write(Terminal.Out, Style.OfOut, Terminal.OutIsTerminal ? Terminal.Width : null);
        if (shown.Length < total)
            Terminal.Error.WriteLine(Style.OfError.Dim($"{shown.Length} of {total}; --all shows the rest."));
    }
}
