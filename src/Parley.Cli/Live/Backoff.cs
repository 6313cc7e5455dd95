namespace Parley.Cli.Live;

/// <summary>When to try again what has failed: soon at first, then ever later, and not all at the same time.</summary>
internal sealed class Backoff(TimeProvider clock)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private TimeSpan _wait = First;
    private long _since;
    private TimeSpan _until;

    /// <summary>Whether it is time to try.</summary>
    public bool IsOver => clock.GetElapsedTime(_since) >= _until;

    /// <summary>It has failed once more.</summary>
    /// <param name="asked">How long the other side wants to be left alone, where it said so.</param>
    public void Fail(TimeSpan? asked)
    {
        _since = clock.GetTimestamp();
        _until = asked is { } time && time > _wait ? time : _wait * (0.75 + Random.Shared.NextDouble() / 2);
        _wait = _wait * 2 < Longest ? _wait * 2 : Longest;
    }

    /// <summary>It has worked.</summary>
    public void Reset() => (_wait, _until) = (First, TimeSpan.Zero);
}
