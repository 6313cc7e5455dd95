namespace Parley.Bench.Live;

/// <summary>How long the same thing took, many times.</summary>
internal sealed class Distribution
{
    private readonly TimeSpan[] _sorted;

    public Distribution(TimeSpan[] times)
    {
        _sorted = times;
        Array.Sort(_sorted);
    }

    public int Count => _sorted.Length;

    public TimeSpan Median => At(0.5);

    public TimeSpan P99 => At(0.99);

    public TimeSpan Slowest => _sorted.LastOrDefault();

    private TimeSpan At(double share) => _sorted.Length == 0 ? TimeSpan.Zero : _sorted[Math.Min(_sorted.Length - 1, (int)(_sorted.Length * share))];
}
