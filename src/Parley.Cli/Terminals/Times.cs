using System.Globalization;

namespace Parley.Cli.Terminals;

/// <summary>Times and spans, as people read and type them.</summary>
internal static class Times
{
    /// <summary>The longest expiry that can be asked for; longer means <c>never</c>.</summary>
    public static readonly TimeSpan MaxExpiry = TimeSpan.FromDays(3650);

    /// <summary>In the machine's time zone, to the minute; a dash for none.</summary>
    public static string Local(DateTimeOffset? time) => time?.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "-";

    public static DateTimeOffset? Parse(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;

    /// <summary>How long ago: <c>now</c>, <c>5 min ago</c>, <c>3 h ago</c>, <c>2 days ago</c>, then the date.</summary>
    public static string Ago(DateTimeOffset? time, DateTimeOffset now) => time is not { } t ? "-" : (now - t) switch
    {
        { TotalMinutes: < 1 } => "now",
        { TotalHours: < 1 } span => $"{(int)span.TotalMinutes} min ago",
        { TotalDays: < 1 } span => $"{(int)span.TotalHours} h ago",
        { TotalDays: < 2 } => "1 day ago",
        { TotalDays: < 14 } span => $"{(int)span.TotalDays} days ago",
        _ => t.ToLocalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
    };

    /// <summary>How long until: <c>in 5 min</c>, <c>in 3 h</c>, <c>in 2 days</c>; <c>never</c> for none.</summary>
    public static string Remaining(DateTimeOffset? time, DateTimeOffset now) => time is not { } t ? "never" : (t - now) switch
    {
        { Ticks: <= 0 } => "expired",
        { TotalHours: < 1 } span => $"in {Math.Ceiling(span.TotalMinutes)} min",
        { TotalDays: < 2 } span => $"in {Math.Round(span.TotalHours)} h",
        { } span => $"in {Math.Round(span.TotalDays)} days",
    };

    /// <summary>A span such as <c>30m</c>, <c>12h</c>, <c>7d</c>, <c>2w</c>; null when it is none, or is zero or too long.</summary>
    public static TimeSpan? ParseSpan(string text)
    {
        if (text.Length < 2 || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int count) || count == 0)
            return null;
        double minutes = char.ToLowerInvariant(text[^1]) switch { 'm' => 1, 'h' => 60, 'd' => 1440, 'w' => 10080, _ => double.NaN };
        return minutes * count <= MaxExpiry.TotalMinutes ? TimeSpan.FromMinutes(minutes * count) : null;
    }
}
