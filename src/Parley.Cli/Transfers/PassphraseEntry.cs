using System.CommandLine;
using System.Security.Cryptography;
using Parley.Cli.Terminals;
using Parley.Core.Transfer;

namespace Parley.Cli.Transfers;

/// <summary>
/// Where the passphrase of a transfer comes from: <c>--passphrase-stdin</c>, the environment, or a person who types it unseen. Never from the
/// command line, which every process of the machine can read.
/// </summary>
internal sealed class PassphraseEntry
{
    public const string Variable = "PARLEY_PASSPHRASE";

    private readonly Option<bool> _fromStdin = new("--passphrase-stdin") { Description = $"Read the passphrase from standard input's first line ({Variable} is the other way)" };

    public void AddTo(Command command) => command.Options.Add(_fromStdin);

    /// <summary>The sender's: four words are made up where none is given.</summary>
    public async Task<(Passphrase Passphrase, bool Generated)> OfSenderAsync(ParseResult parsed, bool asks, CancellationToken cancel)
    {
        string? given = await GivenAsync(parsed, cancel)
            ?? (asks ? await Terminal.AskHiddenAsync("Passphrase (Enter makes one up): ", cancel) : null);
        if (given is not null && given.Trim().Length > 0)
            return (Parse(given), false);
        using var random = RandomNumberGenerator.Create();
        return (Passphrase.Generate(random), true);
    }

    /// <summary>The receiver's: the one that the sender told.</summary>
    public async Task<Passphrase> OfReceiverAsync(ParseResult parsed, CancellationToken cancel)
    {
        if (await GivenAsync(parsed, cancel) is { } given)
            return Parse(given);
        if (!Terminal.CanAsk)
            throw new Failure($"the sender's passphrase is needed: in {Variable}, or with --passphrase-stdin.", ExitCode.Usage);
        return Parse(await Terminal.AskHiddenAsync("Passphrase: ", cancel) ?? "");
    }

    /// <summary>Whether it comes without asking a person.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetValue(_fromStdin) || FromEnvironment is not null;

    private static string? FromEnvironment => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } value ? value : null;

    private async Task<string?> GivenAsync(ParseResult parsed, CancellationToken cancel) =>
        parsed.GetValue(_fromStdin) ? await Terminal.ReadLineAsync(cancel) ?? "" : FromEnvironment;

    private static Passphrase Parse(string text)
    {
        try
        {
            return Passphrase.Parse(text);
        }
        catch (FormatException e)
        {
            throw new Failure(e.Message);
        }
    }
}
