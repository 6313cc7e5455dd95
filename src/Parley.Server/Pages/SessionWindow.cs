using System.Globalization;

namespace Parley.Server.Pages;

/// <summary>Which entries of a session a page shows.</summary>
/// <param name="After">The seq before the first one shown.</param>
/// <param name="Count">How many are shown at most.</param>
/// <param name="At">The entry that the address points at; null without one.</param>
public readonly record struct SessionWindow(long After, int Count, long? At = null)
{
    public const int PageSize = 50;

    /// <summary>Entries shown above the one that a link points at, so that it doesn't stand without its context.</summary>
    private const int Context = 5;

    /// <summary>
    /// Reads <c>?at=SEQ</c>, <c>?after=SEQ</c> or <c>?before=SEQ</c>. Anything else is the beginning, or the end of a session that goes on: whoever comes
    /// late wants to see what happens.
    /// </summary>
    public static SessionWindow Of(IQueryCollection query, long lastSeq, bool goesOn = false)
    {
        if (Seq(query, "at") is { } at)
        {
            at = Math.Clamp(at, 1, Math.Max(1, lastSeq));
            return new(Math.Max(0, Math.Min(at - 1 - Context, lastSeq - PageSize)), PageSize, at);
        }
        if (Seq(query, "before") is { } before)
        {
            before = Math.Clamp(before, 1, lastSeq + 1);
            long start = Math.Max(0, before - 1 - PageSize);
            return new(start, (int)(before - 1 - start));
        }
        return new(Seq(query, "after") is { } after && after < lastSeq ? after : goesOn ? Math.Max(0, lastSeq - PageSize) : 0, PageSize);
    }

    private static long? Seq(IQueryCollection query, string name) =>
        long.TryParse(query[name], NumberStyles.None, CultureInfo.InvariantCulture, out long seq) ? seq : null;
}
