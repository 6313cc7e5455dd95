namespace Parley.Server.Live;

/// <summary>How a request waits for something that another one will announce.</summary>
public static class WakeWaiting
{
    /// <summary>Looks again at every wake until what it sees is what is waited for, or the time is over.</summary>
    /// <param name="wakes">Where it is announced.</param>
    /// <param name="door">Under which id.</param>
    /// <param name="flag">As what.</param>
    /// <param name="wait">For how long at most, by <paramref name="clock"/>.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="look">Reads how it is now.</param>
    /// <param name="isIt">Whether that is what is waited for.</param>
    /// <param name="cancel">Whoever waits has gone.</param>
    /// <returns>What was seen last.</returns>
    public static async Task<T> WaitForAsync<T>(
        this Wakes wakes, string door, Wake flag, TimeSpan wait, TimeProvider clock, Func<ValueTask<T>> look, Func<T, bool> isIt, CancellationToken cancel)
    {
        using var time = new CancellationTokenSource(wait, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel, time.Token);
        var woken = new AutoEvent();
        // Watches first and then looks, so that nothing falls between.
        using IDisposable watching = wakes.Watch(door, what =>
        {
            if (what.HasFlag(flag))
                woken.Set();
        });
        while (true)
        {
            T seen = await look();
            if (isIt(seen) || wait == TimeSpan.Zero || !await woken.WaitAsync(end.Token))
                return seen;
        }
    }

    /// <summary>Remembers that it was set, however often, until somebody has waited for it.</summary>
    private sealed class AutoEvent
    {
        private TaskCompletionSource _set = New();

        public void Set() => Volatile.Read(ref _set).TrySetResult();

        /// <summary>False when the wait was cancelled.</summary>
        public async Task<bool> WaitAsync(CancellationToken cancel)
        {
            try
            {
                await _set.Task.WaitAsync(cancel);
                Volatile.Write(ref _set, New());
                return true;
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }

        private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
