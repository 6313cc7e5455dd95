using System.Collections.Concurrent;
using Parley.Core.Transfer;

namespace Parley.Cli.Transfers;

/// <summary>
/// Lets receivers in by a door, several at once, until one has taken a session whole or, when it is kept open, until the time is over. Then
/// nobody new is let in, who only looks is sent away, and who is being sent to is waited for.
/// </summary>
/// <param name="door">Where they come.</param>
/// <param name="offer">What they may take.</param>
/// <param name="passphrase">What they have to know.</param>
/// <param name="keepOpen">For how long; null until the first session that arrived whole.</param>
/// <param name="view">What the sender sees of it.</param>
internal sealed class Reception(IDoor door, LocalOffer offer, Passphrase passphrase, TimeSpan? keepOpen, SendView view) : IDisposable
{
    /// <summary>Receivers at once, whether they know the passphrase or have yet to prove it; who comes beyond that is sent away.</summary>
    public const int MaxVisits = 32;

    /// <summary>How long those are waited for, in the end, who are being sent to.</summary>
    private static readonly TimeSpan LastPatience = TimeSpan.FromMinutes(30);

    private readonly WrongGuesses _guesses = new(TimeProvider.System);
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentDictionary<Visit, Task> _visits = new();
    private readonly ConcurrentDictionary<string, bool> _sent = new();

    /// <summary>Receives until the end, and tells it.</summary>
    /// <exception cref="Failure">Too many guessed wrong, or the door was closed from without.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var all = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (keepOpen is { } time)
            _closing.CancelAfter(time);
        try
        {
            await LetInAsync(all.Token);
            all.CancelAfter(LastPatience);
            foreach (Visit visit in _visits.Keys)
                visit.EndWhenIdle();
            await Task.WhenAll(_visits.Values);
        }
        finally
        {
            await all.CancelAsync();
            await Task.WhenAll(_visits.Values);
            view.Tell(new SendNews(SendHappening.Ended) { Sent = _sent.Count });
        }
        if (_guesses.Exhausted)
            throw new Failure($"stopped after {WrongGuesses.Most} wrong passphrases. Unless the receiver mistyped, somebody is guessing: start again, with another passphrase.");
    }

    public void Dispose() => _closing.Dispose();

    private async Task LetInAsync(CancellationToken cancel)
    {
        using var open = CancellationTokenSource.CreateLinkedTokenSource(cancel, _closing.Token);
        for (int number = 1; !_closing.IsCancellationRequested;)
        {
            Arrival arrival;
            try
            {
                arrival = await door.AcceptAsync(open.Token);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                return;
            }
            if (_visits.Count >= MaxVisits)
                await arrival.Stream.DisposeAsync();
            else
                Begin(new Visit(number++, arrival, isLast: keepOpen is null, view), cancel);
        }
    }

    private void Begin(Visit visit, CancellationToken cancel)
    {
        var begun = new TaskCompletionSource();
        _visits[visit] = begun.Task.ContinueWith(_ => ReceiveAsync(visit, cancel), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).Unwrap();
        begun.SetResult();
    }

    private async Task ReceiveAsync(Visit visit, CancellationToken cancel)
    {
        using (visit)
        {
            IReadOnlyList<string> taken = await visit.RunAsync(passphrase, _guesses, door, offer, cancel);
            foreach (string id in taken)
                _sent[id] = true;
            _visits.TryRemove(visit, out Task? _);
            if (_guesses.Exhausted || (keepOpen is null && taken.Count > 0))
                await _closing.CancelAsync();
        }
    }
}
