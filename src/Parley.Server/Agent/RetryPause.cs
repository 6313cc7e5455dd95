namespace Parley.Server.Agent;

/// <summary>How long a call of the model waits that failed for a time, before it is tried again.</summary>
internal static class RetryPause
{
    /// <summary>The shortest pause, and the first one where the API does not say for how long.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>Nobody waits longer for an answer, whatever the API says.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <param name="failures">How often it has failed in a row, from 1.</param>
    /// <param name="asked">What the API asks for by <c>Retry-After</c>; null for nothing.</param>
    /// <param name="chance">From 0 to 1: turns that failed together don't come back together.</param>
    public static TimeSpan After(int failures, TimeSpan? asked, double chance) => asked is { } pause
        ? TimeSpan.FromTicks(Math.Clamp(pause.Ticks, Shortest.Ticks, Longest.Ticks))
        : Shortest * Math.Pow(2, failures - 1) * (1 + (chance / 4));

    /// <summary>A pause in words: <c>30 s</c>, <c>5 min</c>.</summary>
    public static string Words(TimeSpan pause) => pause < TimeSpan.FromMinutes(2) ? $"{Math.Floor(pause.TotalSeconds):0} s" : $"{Math.Ceiling(pause.TotalMinutes):0} min";
}
