namespace Parley.Server.Sessions;

/// <summary>When a session or a token ends, asked for in seconds from now.</summary>
public static class Expiry
{
    /// <summary>A hundred years: whoever wants more means never.</summary>
    public const long MaxSeconds = 100L * 365 * 24 * 60 * 60;

    /// <summary>How long a token lives unless its owner says otherwise.</summary>
    public static readonly TimeSpan Token = TimeSpan.FromDays(1);

    /// <summary>What is wrong with a session's; null for nothing.</summary>
    public static string? Problem(long? seconds) =>
        seconds is < 0 or > MaxSeconds ? $"An expiry is a number of seconds from 1 to {MaxSeconds}, or 0 for never." : null;

    /// <summary>What is wrong with a token's, where null is for never; null for nothing.</summary>
    public static string? TokenProblem(long? seconds) =>
        seconds is < 1 or > MaxSeconds ? $"A token's expiry is a number of seconds from 1 to {MaxSeconds}, or null for as long as the session is there." : null;

    /// <summary>Null for never.</summary>
    public static TimeSpan? After(long seconds) => seconds == 0 ? null : TimeSpan.FromSeconds(seconds);
}
