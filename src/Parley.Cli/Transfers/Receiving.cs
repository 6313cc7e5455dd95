using System.Security.Cryptography;
using System.Text.Json;
using Parley.Cli.LocalSessions;
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

    public static async Task RunAsync(ReceiveTerms terms, CancellationToken cancel)
    {
        if (!Directory.Exists(terms.Into))
            throw new Failure($"there is no folder {terms.Into}: --into names the project that the session is taken over into.");
        Staging.CleanUp(DateTime.UtcNow);
        try
        {
            (Arrival sender, Passphrase passphrase) = await Reach.SenderAsync(terms, cancel);
            await using Stream stream = sender.Stream;
            using var random = RandomNumberGenerator.Create();
            await using TransferChannel channel = await TransferChannel.OpenAsync(stream, TransferRole.Receiver, passphrase, random, TimeProvider.System, cancel);
            var receiving = new Receiving(terms, sender.From, channel);
            if (terms.OnlyList)
                await receiving.ListAsync(cancel);
            else
                await receiving.TakeAsync(cancel);
        }
        catch (TransferException e)
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

    private async Task ListAsync(CancellationToken cancel)
    {
        IReadOnlyList<OfferedSession> offer = await OfferAsync(cancel);
        await _side.FinishAsync(cancel);
        if (_terms.Json)
            Terminal.Out.WriteLine(JsonSerializer.Serialize(new OfferReport(_from, _channel.Verification, offer), CliJson.Readable.OfferReport));
        else
            OfferTable.Write(Terminal.Out, Style.OfOut, offer, Terminal.OutIsTerminal ? Terminal.Width : null, withIds: true);
    }

    private async Task TakeAsync(CancellationToken cancel)
    {
        IReadOnlyList<OfferedSession> chosen = await ReceiveChoice.AskAsync(_terms, await OfferAsync(cancel), _from, _side.PreviewAsync, cancel);
        var installed = new List<InstalledSession>();
        foreach (OfferedSession session in chosen)
            installed.Add(await TakeAsync(session, cancel));
        await _side.FinishAsync(cancel);
        Tell(installed);
    }

    // The sender is told that it has arrived as soon as it is whole here; what can still fail then fails on this machine alone.
    private async Task<InstalledSession> TakeAsync(OfferedSession session, CancellationToken cancel)
    {
        using var staging = Staging.Open(session);
        using var line = new FetchLine(session, quiet: _terms.Json);
        ReceivedSession received = await _side.FetchAsync(session.Id, staging.Folder, line, cancel);
        line.Whole();
        InstalledSession installed = SessionInstaller.Install(received, TargetOf(received.Agent), cancel);
        staging.Delete();
        return installed;
    }

    private void Tell(IReadOnlyList<InstalledSession> installed)
    {
        if (_terms.Json)
        {
            var report = new InstalledReport(_from, _channel.Verification, [.. installed.Select(session => new InstalledLine(session.SessionId, session.Path, session.Outcome))]);
            Terminal.Out.WriteLine(JsonSerializer.Serialize(report, CliJson.Readable.InstalledReport));
            return;
        }
        foreach (InstalledSession session in installed)
            Terminal.Out.WriteLine(Resume.Of(session, _terms.Into).Command);
    }

    private InstallTarget TargetOf(string agent) => new()
    {
        ProjectFolder = _terms.Into,
        Home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
        ClientFolder = LocalCatalog.ClientFolderOf(agent),
        NewId = Guid.NewGuid,
    };
}
