using System.Text.Json;
using Parley.Cli.Servers;
using Parley.Cli.Terminals;

namespace Parley.Cli.Live;

/// <summary>What is told while a session is shared live: one quiet line on a terminal, or with <c>--json</c> a line for each change.</summary>
internal sealed class LiveLine : IDisposable
{
    private readonly LiveShare _share;
    private readonly bool _json;
    private readonly bool _draws;
    private LiveStatus? _told;

    public LiveLine(LiveShare share, bool json)
    {
        (_share, _json, _draws) = (share, json, !json && Terminal.ErrorIsTerminal);
        (share.Changed, share.CountsViewers) = (Tell, true);
        Tell(share.Status);
    }

    /// <summary>Says how it ended.</summary>
    public void End(LiveEnd end)
    {
        Dispose();
        if (_json)
            Write(end switch { LiveEnd.Gone => "gone", LiveEnd.Moved => "moved", _ => "ended" }, _share.Status);
        if (end == LiveEnd.Gone)
            throw new Failure("the session is no longer on the server: it was taken back or has expired. Nothing more goes out.");
        Terminal.Error.WriteLine(end switch
        {
            LiveEnd.Unheard => "No longer live. The server could not be told; it will notice.",
            LiveEnd.Moved => $"The conversation goes on in its workspace: {_share.MovedTo}. Nothing more goes out from here.",
            _ => $"No longer live. The link stays: {_share.Shared.Url}",
        });
    }

    public void Dispose()
    {
        if (_draws)
            Terminal.Error.Write("\r\e[K");
    }

    private void Tell(LiveStatus status)
    {
        if (status == _told)
            return;
        _told = status;
        if (_json)
            Write(status.Problem is null ? "live" : "offline", status);
        else if (_draws)
            Terminal.Error.Write($"\r\e[K{Style.OfError.Dim(Text(status))}");
    }

    private static string Text(LiveStatus status) => DisplayText.Fit(
        status.Problem is null
            ? $"live · {status.Sent:N0} sent · {status.Viewers ?? 0:N0} watching · Ctrl-C ends it"
            : $"offline · {status.Sent:N0} sent, {status.Waiting:N0} waiting · {status.Problem}",
        Terminal.Width - 1);

    private static void Write(string state, LiveStatus status) =>
        Terminal.Out.WriteLine(JsonSerializer.Serialize(new LiveEvent(state, status.Sent, status.Waiting, status.Viewers, status.Problem), CliJson.Compact.LiveEvent));
}

/// <summary>A line that <c>parley share --live --json</c> prints after the receipt.</summary>
/// <param name="State"><c>live</c>, <c>offline</c>, <c>ended</c>, <c>moved</c> (the conversation goes on in a workspace) or <c>gone</c>.</param>
/// <param name="Sent">Entries on the server.</param>
/// <param name="Waiting">Entries that have to go there yet.</param>
/// <param name="Viewers">How many are watching; null until that is known.</param>
/// <param name="Problem">Why it is offline, for people; null while it isn't.</param>
internal sealed record LiveEvent(string State, int Sent, int Waiting, int? Viewers, string? Problem);
