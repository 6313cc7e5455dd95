using System.Security.Cryptography;
using Parley.Core.Transfer;

namespace Parley.Cli.Transfers;

/// <summary>One receiver, from their coming to their going: one guess at the passphrase, and then what they ask for.</summary>
internal sealed class Visit(int number, Arrival arrival, SendView view) : IProgress<SendEvent>, IDisposable
{
    /// <summary>Who has not proved within this time that they know the passphrase is sent away.</summary>
    public static readonly TimeSpan HandshakePatience = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _end = new();
    private readonly Lock _gate = new();
    private string? _taking;
    private bool _endsWhenIdle;

    /// <summary>The ids of the sessions that the receiver has whole.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(Passphrase passphrase, WrongGuesses guesses, IDoor door, LocalOffer offer, CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, _end.Token);
        await using Stream stream = arrival.Stream;
        try
        {
            if (await ProveAsync(passphrase, guesses, door, either.Token) is { } channel)
                await using (channel)
                    return await ServeAsync(channel, offer, either.Token);
        }
        catch (Exception e) when (e is TransferException or IOException or OperationCanceledException)
        {
            // They went, or broke the protocol before they were anybody: there is nobody to tell it of.
        }
        return [];
    }

    /// <summary>Ends the visit now, or as soon as the session that they are taking has arrived.</summary>
    public void EndWhenIdle()
    {
        lock (_gate)
        {
            _endsWhenIdle = true;
            if (_taking is null)
                _end.Cancel();
        }
    }

    void IProgress<SendEvent>.Report(SendEvent value)
    {
        switch (value)
        {
            case SessionChosen chosen:
                Take(chosen.Id);
                view.Tell(new SendNews(SendHappening.Sending) { Receiver = number, SessionId = chosen.Id, Bytes = chosen.Bytes });
                break;
            case SessionProgress progress:
                view.Progress(number, progress.Id, progress.Sent, progress.Bytes);
                break;
            case SessionDelivered delivered:
                view.Tell(new SendNews(SendHappening.Sent) { Receiver = number, SessionId = delivered.Id });
                Take(null);
                break;
            case SessionUnavailable unavailable:
                view.Tell(new SendNews(SendHappening.Unavailable) { Receiver = number, SessionId = unavailable.Id, Reason = unavailable.Message });
                Take(null);
                break;
        }
    }

    public void Dispose() => _end.Dispose();

    private async Task<TransferChannel?> ProveAsync(Passphrase passphrase, WrongGuesses guesses, IDoor door, CancellationToken cancel)
    {
        if (!await MayGuessAsync(guesses, cancel))
        {
            await TransferChannel.RefuseAsync(arrival.Stream, TimeProvider.System, cancel);
            return null;
        }
        bool wrong = false;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(HandshakePatience);
        try
        {
            using var random = RandomNumberGenerator.Create();
            return await TransferChannel.OpenAsync(arrival.Stream, TransferRole.Sender, passphrase, random, TimeProvider.System, patience.Token);
        }
        catch (WrongPassphraseException)
        {
            wrong = true;
            await door.ReportWrongGuessAsync(arrival);
            return null;
        }
        finally
        {
            guesses.Leave(wrong);
            if (wrong)
                view.Tell(new SendNews(SendHappening.WrongPassphrase) { From = arrival.From, GuessesLeft = WrongGuesses.Most - guesses.Count });
        }
    }

    private static async Task<bool> MayGuessAsync(WrongGuesses guesses, CancellationToken cancel)
    {
        while (true)
        {
            GuessAdmission admission = guesses.Enter();
            if (admission.Admitted || admission.Wait == Timeout.InfiniteTimeSpan)
                return admission.Admitted;
            await Task.Delay(admission.Wait, cancel);
        }
    }

    private async Task<IReadOnlyList<string>> ServeAsync(TransferChannel channel, LocalOffer offer, CancellationToken cancel)
    {
        view.Tell(new SendNews(SendHappening.Connected) { Receiver = number, From = arrival.From, Verification = channel.Verification });
        string? reason = null;
        var side = new SendingSide(channel, offer.Sessions, offer.PackAsync, offer.PreviewAsync);
        try
        {
            SendOutcome outcome = await side.RunAsync(this, cancel);
            reason = outcome.Complete ? null : "the connection ended";
            return outcome.Delivered;
        }
        catch (Exception e) when (e is TransferException or IOException)
        {
            reason = e.Message;
            return [];
        }
        finally
        {
            view.Tell(new SendNews(SendHappening.Disconnected) { Receiver = number, Reason = reason });
        }
    }

    private void Take(string? id)
    {
        lock (_gate)
        {
            _taking = id;
            if (_endsWhenIdle && id is null)
                _end.Cancel();
        }
    }
}
