using System.Security.Cryptography;
using System.Text.Json;
using Parley.Cli.Relaying;
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
    private readonly List<InstalledSession> _installed = [];

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
        catch (TransferException e) when (e.InnerException is RelayEndedException reason)
        {
            throw new Failure($"{reason.Message} What has arrived is kept: the next attempt goes on there.");
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
        Failure? failure = await TakeAsync(chosen, cancel);
        int code = await TellAsync(resumes: _terms.Resumes && failure is null);
        return failure is null ? code : throw failure;
    }

    private async Task<int> TellAsync(bool resumes)
    {
        if (!_terms.Json)
            return _installed.Count > 0 ? await TakeoverReport.EndAsync(_installed, _terms.Into, resumes) : ExitCode.Done;
        var report = new InstalledReport(_from, _channel.Verification, [.. _installed.Select(InstalledLine.Of)]);
        Terminal.Out.WriteLine(JsonSerializer.Serialize(report, CliJson.Readable.InstalledReport));
        return ExitCode.Done;
    }

    // One that can't be had or not be installed does not keep the others back; what broke the connection does.
    private async Task<Failure?> TakeAsync(IReadOnlyList<OfferedSession> chosen, CancellationToken cancel)
    {
        Failure? failure = null;
        try
        {
            foreach (OfferedSession session in chosen)
            {
                try
                {
                    _installed.Add(await TakeAsync(session, cancel));
                }
                catch (Exception e) when (e is TakeoverException or TransferException { Failure: TransferFailure.Unavailable })
                {
                    failure ??= new Failure(DisplayText.OneLine($"“{session.Summary}” was not taken over: {e.Message}"));
                }
            }
            await _side.FinishAsync(cancel);
        }
        catch (TransferException e) when (e.Failure == TransferFailure.CutOff && _installed.Count == chosen.Count)
        {
            // The sender has gone already; everything is here.
        }
        catch (TransferException e)
        {
            failure = new Failure(DisplayText.OneLine(e.Message));
        }
        return failure;
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
