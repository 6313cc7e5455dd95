using System.CommandLine;
using Parley.Cli.Takeover;
using Parley.Cli.Terminals;
using Parley.Core.Transfer;

namespace Parley.Cli.Transfers;

/// <summary><c>parley receive</c>: finds a sender, shows what is offered, and takes sessions over into this machine's agent.</summary>
internal static class ReceiveCommand
{
    public static Command Create()
    {
        var to = new Option<string?>("--to") { Description = "The sender's address, where the network hides it, or its service name, where there are several", HelpName = "HOST:PORT" };
        Option<string?> relay = TransferOptions.Relay();
        var room = new Option<string?>("--room") { Description = "The room's code, with --relay", HelpName = "CODE" };
        var list = new Option<bool>("--list") { Description = "Only show what is offered" };
        var select = new Option<string[]>("--select") { Description = "Take these: ids or their beginnings, or numbers of --list", HelpName = "ID", AllowMultipleArgumentsPerToken = true };
        var all = new Option<bool>("--all") { Description = "Take everything" };
        var takeover = new TakeoverOptions();
        var passphrase = new PassphraseEntry();
        var command = new CliCommand("receive", "Take sessions over from another person's machine", """
            parley receive                               finds the sender in this network, asks for the passphrase, lets you browse
            parley receive --relay https://parley.example.org --room 7K3MPX
            parley receive --to 192.168.1.5:40123 --into ~/work/shop --resume
            parley receive --list                        only look
            PARLEY_PASSPHRASE=… parley receive --all --into . --json
            """) { to, relay, room, list, select, all };
        takeover.AddTo(command);
        passphrase.AddTo(command);
        command.Validators.Add(parsed =>
        {
            bool isRelayed = parsed.GetResult(relay) is not null;
            if (isRelayed != parsed.GetResult(room) is not null)
                parsed.AddError("--relay and --room belong together: `parley send --relay` shows both.");
            if (TransferOptions.RelayOf(parsed.GetResult(relay)).Other is { } other)
                parsed.AddError($"--relay is the address of a Parley server such as https://parley.example.org, not '{DisplayText.OneLine(other)}'.");
            if (isRelayed && parsed.GetResult(to) is not null)
                parsed.AddError("--to and --relay are two ways to a sender: name one.");
            if (new[] { parsed.GetValue(list), parsed.GetValue(all), parsed.GetResult(select) is not null }.Count(asked => asked) > 1)
                parsed.AddError("--list, --all and --select can't be together.");
        });
        command.SetAction((parsed, cancel) => Receiving.RunAsync(new ReceiveTerms
        {
            To = parsed.GetValue(to),
            Relay = TransferOptions.RelayOf(parsed.GetResult(relay)).Address,
            Room = parsed.GetValue(room),
            OnlyList = parsed.GetValue(list),
            All = parsed.GetValue(all),
            Selected = parsed.GetValue(select) ?? [],
            Into = takeover.DestinationOf(parsed),
            Resumes = takeover.Resumes(parsed),
            Json = takeover.IsJson(parsed),
            Passphrase = () => passphrase.OfReceiverAsync(parsed, cancel),
        }, cancel));
        return command;
    }
}

/// <summary>How sessions are received.</summary>
internal sealed record ReceiveTerms
{
    /// <summary>The sender's address or service name; null for whoever is found.</summary>
    public string? To { get; init; }

    public Uri? Relay { get; init; }

    public string? Room { get; init; }

    public bool OnlyList { get; init; }

    public bool All { get; init; }

    /// <summary>Ids, their beginnings, or numbers of the list.</summary>
    public IReadOnlyList<string> Selected { get; init; } = [];

    public required Destination Into { get; init; }

    public bool Resumes { get; init; }

    public bool Json { get; init; }

    public required Func<Task<Passphrase>> Passphrase { get; init; }
}
