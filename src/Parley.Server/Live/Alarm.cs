namespace Parley.Server.Live;

/// <summary>Rings once at the earliest of the times that it was set to, never before it.</summary>
internal sealed class Alarm(TimeProvider clock, Action ring) : IDisposable
{
    // Timers take no more than 49 days.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private ITimer? _timer;
    private DateTimeOffset? _at;
    private bool _isOver;

    public void Set(DateTimeOffset at)
    {
        lock (_lock)
        {
            if (_isOver || _at <= at)
                return;
            _at = at;
            _timer ??= clock.CreateTimer(static alarm => ((Alarm)alarm!).Ring(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Wind(at - clock.GetUtcNow());
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isOver = true;
            _timer?.Dispose();
        }
    }

    private void Ring()
    {
        lock (_lock)
        {
            if (_isOver || _at is not { } at)
                return;
            if (at - clock.GetUtcNow() is var wait && wait > TimeSpan.Zero)
            {
                Wind(wait);
                return;
            }
            _at = null;
        }
        ring();
    }

    // Timers count whole milliseconds by a clock of their own, and so may be a fraction early.
    private void Wind(TimeSpan wait) => _timer!.Change(
        wait <= TimeSpan.Zero ? TimeSpan.Zero : wait > Longest ? Longest : TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)),
        Timeout.InfiniteTimeSpan);
}
