using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Parley.Cli.Servers;
using Parley.Cli.Terminals;

namespace Parley.Cli.Transfers;

/// <summary>Options that sending and receiving share.</summary>
internal static class TransferOptions
{
    /// <summary><c>--relay [URL]</c>, which <see cref="RelayOf"/> reads.</summary>
    public static Option<string?> Relay() => new("--relay")
    {
        Description = "Through a Parley server, for whoever is not in this network; the configured server when URL is left out",
        HelpName = "URL",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>The relay's address, null without the option; and what stood behind it without being one, which was not meant for it.</summary>
    public static (Uri? Address, string? Other) RelayOf(OptionResult? relay)
    {
        if (relay is null)
            return (null, null);
        string? text = relay.Tokens.Count > 0 ? relay.Tokens[0].Value : null;
        bool isAddress = text is not null && (text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase));
        return (Settings.Address(isAddress ? new Setting(text!, "--relay") : Settings.Server()), isAddress ? null : text);
    }

    public static Option<IPAddress?> Bind() => new("--bind")
    {
        Description = "Listen on this address only",
        HelpName = "ADDRESS",
        CustomParser = argument =>
        {
            if (IPAddress.TryParse(argument.Tokens[^1].Value, out IPAddress? address))
                return address;
            argument.AddError($"--bind is an address of this machine such as 192.168.1.5, not '{DisplayText.OneLine(argument.Tokens[^1].Value)}'.");
            return null;
        },
    };
}
