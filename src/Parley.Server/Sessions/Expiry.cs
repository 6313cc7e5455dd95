namespace Parley.Server.Sessions;

/// <summary>When a session ends, asked for in seconds from now.</summary>
public static class Expiry
{
    /// <summary>A hundred years: whoever wants more means never.</summary>
    public const long MaxSeconds = 100L * 365 * 24 * 60 * 60;

    /// <summary>What is wrong with a request; null for nothing.</summary>
    public static string? Problem(long? seconds) =>
        seconds is < 0 or > MaxSeconds ? $"An expiry is a number of seconds from 1 to {MaxSeconds}, or 0 for never." : null;

    /// <summary>Null for never.</summary>
    public static TimeSpan? After(long seconds) => seconds == 0 ? null : TimeSpan.FromSeconds(seconds);
}
