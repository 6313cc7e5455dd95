using System.Globalization;
using System.Text.Json;
using Parley.Cli.Servers;
using Parley.Cli.Terminals;
using Parley.Core.Transfer;

namespace Parley.Cli.Transfers;

/// <summary>What the sender sees: who is connected and what goes out, as JSON lines or for people. May be told from any thread.</summary>
internal sealed class SendView(bool json, IReadOnlyList<OfferedSession> offer) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly LiveLines _lines = new();
    private readonly SortedDictionary<int, string> _connected = [];
    private string _waiting = "";

    public void Ready(SendReady ready, string until)
    {
        if (json)
        {
            Terminal.Out.WriteLine(JsonSerializer.Serialize(ready, CliJson.Compact.SendReady));
            return;
        }
        SendText.Write(ready);
        _waiting = $"Waiting for receivers {until}. Ctrl-C stops.";
        _lines.Set(_waiting);
    }

    public void Tell(SendNews news)
    {
        lock (_gate)
        {
            if (json)
                Terminal.Out.WriteLine(JsonSerializer.Serialize(news, CliJson.Compact.SendNews));
            else
                Show(news);
        }
    }

    /// <summary>Tells how far a session is; only people are told so often.</summary>
    public void Progress(int receiver, string sessionId, long bytes, long total)
    {
        if (json)
            return;
        lock (_gate)
        {
            _connected[receiver] = $"  {receiver}  {TitleOf(sessionId)}: {Sizes.Of(bytes)} of {Sizes.Of(total)}";
            Draw();
        }
    }

    public void Dispose() => _lines.Dispose();

    private void Show(SendNews news)
    {
        if (news.Event == SendHappening.Ended)
            _waiting = "";
        else if (news.Event == SendHappening.Disconnected)
            _connected.Remove(news.Receiver ?? 0);
        else if (news.Receiver is { } receiver)
            _connected[receiver] = $"  {receiver}  {(news.Event == SendHappening.Sending ? $"takes {TitleOf(news.SessionId)}" : "looks through the sessions")}";
        _lines.Write(Sentence(news));
        Draw();
    }

    private void Draw() => _lines.Set(_connected.Count == 0 ? _waiting.Length > 0 ? [_waiting] : [] : [$"Connected: {_connected.Count}. Ctrl-C stops.", .. _connected.Values]);

    private string Sentence(SendNews news) => news.Event switch
    {
        SendHappening.Connected => $"Receiver {Number(news)} has come ({news.From}); both see: {Style.OfError.Bold(news.Verification ?? "")}",
        SendHappening.WrongPassphrase => Style.OfError.Warning($"Somebody ({news.From}) tried a wrong passphrase; {news.GuessesLeft} more and this stops."),
        SendHappening.Sending => $"Receiver {Number(news)} takes {TitleOf(news.SessionId)}.",
        SendHappening.Sent => $"Receiver {Number(news)} has {TitleOf(news.SessionId)} whole.",
        SendHappening.Unavailable => Style.OfError.Warning($"Receiver {Number(news)} can't be given {TitleOf(news.SessionId)}. {news.Reason}"),
        SendHappening.Disconnected => $"Receiver {Number(news)} has gone{(news.Reason is { } reason ? $": {DisplayText.OneLine(reason)}" : "")}.",
        _ => $"Stopped: {(news.Sent == 1 ? "1 session" : $"{news.Sent} sessions")} handed over.",
    };

    private static string Number(SendNews news) => news.Receiver?.ToString(CultureInfo.InvariantCulture) ?? "";

    private string TitleOf(string? id) => $"“{DisplayText.Fit(DisplayText.OneLine(offer.FirstOrDefault(session => session.Id == id)?.Summary ?? id), 50)}”";
}
