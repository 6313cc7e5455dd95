using Parley.Cli.Terminals;

namespace Parley.Cli.Mcp;

/// <summary>Expiries as tools take them: whole seconds from now.</summary>
internal static class Expiry
{
    /// <summary>Zero for never; null where nothing was said.</summary>
    /// <exception cref="Failure">It is below zero or too far away.</exception>
    public static TimeSpan? Of(int? seconds) => seconds switch
    {
        null => null,
        >= 0 when seconds <= Times.MaxExpiry.TotalSeconds => TimeSpan.FromSeconds(seconds.Value),
        _ => throw new Failure($"expiresIn is a number of seconds, at most {Times.MaxExpiry.TotalSeconds:0}, or 0 for never; it is {seconds}."),
    };
}
