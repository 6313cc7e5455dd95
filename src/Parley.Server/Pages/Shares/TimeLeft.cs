namespace Parley.Server.Pages.Shares;

/// <summary>Times as the pages of an owner tell them.</summary>
public static class TimeLeft
{
    /// <summary>How long something goes on: <c>5 min left</c>, <c>20 h left</c>, <c>3 days left</c>, <c>no end</c>.</summary>
    public static string Of(DateTimeOffset? end, DateTimeOffset now) => end is not { } time ? "no end" : (time - now) switch
    {
        { Ticks: <= 0 } => "ended",
        { TotalHours: < 1 } span => $"{Math.Ceiling(span.TotalMinutes)} min left",
        { TotalDays: < 2 } span => $"{Math.Round(span.TotalHours)} h left",
        { } span => $"{Math.Round(span.TotalDays)} days left",
    };

    /// <summary>How long ago something was: <c>just now</c>, <c>5 min ago</c>, <c>3 h ago</c>, <c>2 days ago</c>.</summary>
    public static string Since(DateTimeOffset time, DateTimeOffset now) => (now - time) switch
    {
        { TotalMinutes: < 1 } => "just now",
        { TotalHours: < 1 } span => $"{(int)span.TotalMinutes} min ago",
        { TotalDays: < 2 } span => $"{(int)span.TotalHours} h ago",
        { } span => $"{(int)span.TotalDays} days ago",
    };
}
