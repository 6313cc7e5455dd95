using System.Security.Cryptography;
using Parley.Core.Transfer;

namespace Parley.Cli.Transfers;

/// <summary>One receiver, from their coming to their going: one guess at the passphrase, and then what they ask for.</summary>
/// <param name="number">The receiver's number.</param>
/// <param name="arrival">The line to them.</param>
/// <param name="isLast">Whether the sender stops as soon as they have what they came for.</param>
/// <param name="view">What the sender sees of it.</param>
internal sealed class Visit(int number, Arrival arrival, bool isLast, SendView view) : IProgress<SendEvent>, IDisposable
{
    /// <summary>Who has not proved within this time that they know the passphrase is sent away.</summary>
    public static readonly TimeSpan HandshakePatience = TimeSpan.FromSeconds(10);

    /// <summary>Who has a session whole and asks for no further one within this time is sent away, where the sender waits for that.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _end = new();
    private readonly List<string> _delivered = [];
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
                    await ServeAsync(channel, offer, either.Token);
        }
        catch (Exception e) when (e is TransferException or IOException or OperationCanceledException)
        {
            // They went, or broke the protocol before they were anybody: there is nobody to tell it of.
        }
        return _delivered;
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
                _end.CancelAfter(Timeout.InfiniteTimeSpan);
                view.Tell(new SendNews(SendHappening.Sending) { Receiver = number, SessionId = chosen.Id, Bytes = chosen.Bytes });
                break;
            case SessionProgress progress:
                view.Progress(number, progress.Id, progress.Sent, progress.Bytes);
                break;
            case SessionDelivered delivered:
                _delivered.Add(delivered.Id);
                view.Tell(new SendNews(SendHappening.Sent) { Receiver = number, SessionId = delivered.Id });
                Take(null);
                if (isLast)
                    _end.CancelAfter(Farewell);
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

    private async Task ServeAsync(TransferChannel channel, LocalOffer offer, CancellationToken cancel)
    {
        view.Tell(new SendNews(SendHappening.Connected) { Receiver = number, From = arrival.From, Verification = channel.Verification });
        string? reason = "the sender stopped";
        try
        {
            var side = new SendingSide(channel, offer.Sessions, offer.PackAsync, offer.PreviewAsync);
            reason = (await side.RunAsync(this, cancel)).Complete ? null : "the connection ended";
        }
        catch (Exception e) when (e is TransferException or IOException)
        {
            reason = e.Message;
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
