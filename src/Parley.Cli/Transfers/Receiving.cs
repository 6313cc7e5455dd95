using System.Security.Cryptography;
using System.Text.Json;
using Parley.Cli.Servers;
using Parley.Cli.Takeover;
using Parley.Cli.Terminals;
using Parley.Core.Takeover;
using Parley.Core.Transfer;

namespace Parley.Cli.Transfers;

/// <summary>What <c>parley receive</c> does: reaches a sender, proves the passphrase, chooses, fetches, installs, and says what is next.</summary>
internal sealed class Receiving
{
    private readonly ReceiveTerms _terms;
    private readonly string _from;
    private readonly TransferChannel _channel;
    private readonly ReceivingSide _side;

    private Receiving(ReceiveTerms terms, string from, TransferChannel channel)
    {
        (_terms, _from, _channel) = (terms, from, channel);
        _side = new ReceivingSide(channel);
    }

    public static async Task<int> RunAsync(ReceiveTerms terms, CancellationToken cancel)
    {
        Staging.CleanUp(DateTime.UtcNow);
        try
        {
            (Arrival sender, Passphrase passphrase) = await Reach.SenderAsync(terms, cancel);
            await using Stream stream = sender.Stream;
            using var random = RandomNumberGenerator.Create();
            await using TransferChannel channel = await TransferChannel.OpenAsync(stream, TransferRole.Receiver, passphrase, random, TimeProvider.System, cancel);
            var receiving = new Receiving(terms, sender.From, channel);
            return await (terms.OnlyList ? receiving.ListAsync(cancel) : receiving.TakeAsync(cancel));
        }
        catch (Exception e) when (e is TransferException or TakeoverException)
        {
            throw new Failure(DisplayText.OneLine(e.Message));
        }
    }

    private async Task<IReadOnlyList<OfferedSession>> OfferAsync(CancellationToken cancel)
    {
        if (!_terms.Json)
            Terminal.Error.WriteLine($"Connected with {DisplayText.OneLine(_from)}; both see: {Style.OfError.Bold(_channel.Verification)}");
        return await _side.OfferAsync(cancel);
    }

    private async Task<int> ListAsync(CancellationToken cancel)
    {
        IReadOnlyList<OfferedSession> offer = await OfferAsync(cancel);
        await _side.FinishAsync(cancel);
        if (_terms.Json)
            Terminal.Out.WriteLine(JsonSerializer.Serialize(new OfferReport(_from, _channel.Verification, offer), CliJson.Readable.OfferReport));
        else
            OfferTable.Write(Terminal.Out, Style.OfOut, offer, Terminal.OutIsTerminal ? Terminal.Width : null, withIds: true);
        return ExitCode.Done;
    }

    private async Task<int> TakeAsync(CancellationToken cancel)
    {
        IReadOnlyList<OfferedSession> chosen = await ReceiveChoice.AskAsync(_terms, await OfferAsync(cancel), _from, _side.PreviewAsync, cancel);
        var installed = new List<InstalledSession>();
        foreach (OfferedSession session in chosen)
            installed.Add(await TakeAsync(session, cancel));
        await _side.FinishAsync(cancel);
        if (!_terms.Json)
            return await TakeoverReport.EndAsync(installed, _terms.Into, _terms.Resumes);
        var report = new InstalledReport(_from, _channel.Verification, [.. installed.Select(InstalledLine.Of)]);
        Terminal.Out.WriteLine(JsonSerializer.Serialize(report, CliJson.Readable.InstalledReport));
        return ExitCode.Done;
    }

    // The sender is told that it has arrived as soon as it is whole here; what can still fail then fails on this machine alone.
    private async Task<InstalledSession> TakeAsync(OfferedSession session, CancellationToken cancel)
    {
        using var staging = Staging.Open(session);
        using var line = new FetchLine(session, quiet: _terms.Json);
        ReceivedSession received = await _side.FetchAsync(session.Id, staging.Folder, line, cancel);
        line.Whole();
        InstalledSession installed = SessionInstaller.Install(received, _terms.Into.Target(received.Agent), cancel);
        staging.Delete();
        return installed;
    }
}
