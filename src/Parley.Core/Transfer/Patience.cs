namespace Parley.Core.Transfer;

/// <summary>Waits for the other side as long as it may take, and no longer.</summary>
internal sealed class Patience(TimeProvider time)
{
    /// <exception cref="TransferException">It took longer.</exception>
    public async Task<T> ForAsync<T>(TimeSpan most, Func<CancellationToken, Task<T>> work, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(most, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            return await work(either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new TransferException(
                TransferFailure.TooSlow, $"The other side kept silent for {most.TotalSeconds:F0} seconds. Connect again: a transfer goes on where it stopped.");
        }
    }

    /// <inheritdoc cref="ForAsync{T}"/>
    public Task ForAsync(TimeSpan most, Func<CancellationToken, Task> work, CancellationToken cancel) => ForAsync(
        most,
        async inTime =>
        {
            await work(inTime);
            return true;
        },
        cancel);
}
