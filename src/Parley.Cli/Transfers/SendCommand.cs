using System.CommandLine;
using System.Globalization;
using System.Net;
using Parley.Cli.Terminals;
using Parley.Core.Transfer;

namespace Parley.Cli.Transfers;

/// <summary><c>parley send</c>: offers sessions of this machine to whoever knows the passphrase, and hands over the ones that they take.</summary>
internal static class SendCommand
{
    private const int MaxMinutes = 24 * 60;

    public static Command Create()
    {
        var sessions = new Argument<string[]>("SESSION")
        {
            Description = "Numbers of `parley sessions`, ids or their beginnings, titles or paths, or all; asks when left out",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<string?> relay = TransferOptions.Relay();
        Option<TimeSpan?> keepOpen = KeepOpen();
        var redact = new Option<bool>("--redact") { Description = "Take secrets, personal paths and names out first" };
        var only = new Option<string>("--only") { Description = "TRANSCRIPT: without what lies beside it (subagents, long tool results); ALL: with it", HelpName = "TRANSCRIPT|ALL" };
        only.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "TRANSCRIPT", "ALL");
        Option<int?> port = Options.Number("--port", null, "Listen on this port (a free one otherwise)", "PORT", 1, IPEndPoint.MaxPort);
        Option<IPAddress?> bind = TransferOptions.Bind();
        var passphrase = new PassphraseEntry();
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask" };
        Option<bool> json = Options.Json("Print where it is found as a JSON object, and then each event as one, a line each");
        var command = new CliCommand("send", "Hand sessions over to another person's machine, encrypted end to end", """
            parley send                         pick from a list; the receiver types `parley receive`
            parley send 3 --redact              number 3 of `parley sessions`, without secrets in it
            parley send --relay                 to somebody in another network, through your Parley server
            parley send all --keep-open 10      everything, to a whole room, for ten minutes
            PARLEY_PASSPHRASE=… parley send 3 --yes --json
            """) { sessions, relay, keepOpen, redact, only, port, bind, yes, json };
        passphrase.AddTo(command);
        command.Validators.Add(parsed =>
        {
            if (parsed.GetResult(relay) is not null && (parsed.GetResult(port) is not null || parsed.GetResult(bind) is not null))
                parsed.AddError("--port and --bind are for the local network; --relay does not listen.");
        });
        command.SetAction((parsed, cancel) =>
        {
            (Uri? address, string? first) = TransferOptions.RelayOf(parsed.GetResult(relay));
            return Sending.RunAsync(new SendTerms
            {
                Names = [.. first is null ? Array.Empty<string>() : [first], .. parsed.GetValue(sessions) ?? []],
                Offer = new OfferTerms(parsed.GetValue(redact), "TRANSCRIPT".Equals(parsed.GetValue(only), StringComparison.OrdinalIgnoreCase)),
                Relay = address,
                KeepOpen = parsed.GetValue(keepOpen),
                Port = parsed.GetValue(port) ?? 0,
                Bind = parsed.GetValue(bind),
                Asks = !parsed.GetValue(yes) && Terminal.CanAsk,
                Json = parsed.GetValue(json),
                Passphrase = asks => passphrase.OfSenderAsync(parsed, asks, cancel),
            }, cancel);
        });
        return command;
    }

    private static Option<TimeSpan?> KeepOpen() => new("--keep-open")
    {
        Description = "Stay for this long and for many receivers, instead of until the first has a session whole",
        HelpName = "MINUTES",
        CustomParser = argument =>
        {
            string text = argument.Tokens[^1].Value;
            if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double minutes) && minutes is > 0 and <= MaxMinutes)
                return TimeSpan.FromMinutes(minutes);
            argument.AddError($"--keep-open is a number of minutes up to {MaxMinutes}, not '{DisplayText.OneLine(text)}'.");
            return null;
        },
    };
}

/// <summary>How sessions are sent.</summary>
internal sealed record SendTerms
{
    /// <summary>The sessions as a person named them.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    public required OfferTerms Offer { get; init; }

    /// <summary>The relay; null for the local network.</summary>
    public Uri? Relay { get; init; }

    /// <summary>Null: until the first session that arrived whole.</summary>
    public TimeSpan? KeepOpen { get; init; }

    /// <summary>Zero for any that is free.</summary>
    public int Port { get; init; }

    public IPAddress? Bind { get; init; }

    public bool Asks { get; init; }

    public bool Json { get; init; }

    /// <summary>Asks for the passphrase or makes one up.</summary>
    public required Func<bool, Task<(Passphrase Passphrase, bool Generated)>> Passphrase { get; init; }
}
