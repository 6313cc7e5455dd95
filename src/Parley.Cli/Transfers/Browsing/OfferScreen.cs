using Parley.Cli.Terminals;
using Parley.Core.Transfer;

namespace Parley.Cli.Transfers.Browsing;

/// <summary>
/// Draws a browser: the list with the search above it and the preview beside it, or below it where the terminal is narrow, and the keys. All
/// text is a stranger's and goes through <see cref="DisplayText"/>.
/// </summary>
internal static class OfferScreen
{
    /// <summary>From this width on the preview stands beside the list.</summary>
    private const int WideWidth = 110;

    /// <summary>Below this height there is no room for a preview.</summary>
    private const int MinHeightOfPreview = 14;

    /// <summary>Lines of the heading and of the search, and the one of the keys.</summary>
    private const int HeadLines = 2, KeyLines = 1;

    private const string Gap = " │ ";

    private const string Keys = "type to search · ↑↓ choose · Tab mark · Ctrl-A mark all · PgUp/PgDn preview · Enter take · Esc leave";

    private const string FewKeys = "↑↓ choose · Tab mark · Enter take · Esc leave";

    /// <summary>The lines of the screen, each of at most its width.</summary>
    /// <param name="browser">Where the person is; its preview's position is kept within the text.</param>
    /// <param name="from">The sender's name.</param>
    /// <param name="preview">The text of the current session; null while it is on its way.</param>
    /// <param name="style">How the terminal draws.</param>
    /// <param name="width">The screen's columns.</param>
    /// <param name="height">The screen's lines.</param>
    public static IReadOnlyList<string> Draw(OfferBrowser browser, string from, string? preview, Style style, int width, int height)
    {
        int body = Math.Max(1, height - HeadLines - KeyLines);
        string marked = browser.Marked > 0 ? $", {browser.Marked} marked" : "";
        List<string> lines =
        [
            style.Bold(DisplayText.Fit($"{browser.Shown.Count} of {browser.Offered} sessions from {DisplayText.OneLine(from)}{marked}", width)),
            DisplayText.Fit($"Search: {browser.Query}▏", width),
        ];
        if (height < MinHeightOfPreview)
            lines.AddRange(List(browser, style, width, body));
        else if (width >= WideWidth)
            lines.AddRange(SideBySide(browser, preview, style, width, body));
        else
            lines.AddRange(Stacked(browser, preview, style, width, body));
        lines.Add(style.Dim(DisplayText.Fit(DisplayText.Width(Keys) <= width ? Keys : FewKeys, width)));
        return [.. lines.Take(height)];
    }

    private static IEnumerable<string> Stacked(OfferBrowser browser, string? preview, Style style, int width, int height)
    {
        int list = (height - 1) / 2;
        return
        [
            .. List(browser, style, width, list),
            style.Dim(new string('─', width)),
            .. Preview(browser, preview, style, width, height - list - 1),
        ];
    }

    private static IEnumerable<string> SideBySide(OfferBrowser browser, string? preview, Style style, int width, int height)
    {
        int left = (width - Gap.Length) / 2, right = width - Gap.Length - left;
        return List(browser, style, left, height).Zip(Preview(browser, preview, style, right, height), (a, b) => a + style.Dim(Gap) + b);
    }

    // The current session stays in the middle as far as there is something to show on both sides.
    private static IEnumerable<string> List(OfferBrowser browser, Style style, int width, int height)
    {
        int first = Math.Clamp(browser.Position - height / 2, 0, Math.Max(0, browser.Shown.Count - height));
        for (int i = first; i < first + height; i++)
        {
            string line = i < browser.Shown.Count ? Line(browser, i, width) : i == 0 ? Pad("  Nothing is found.", width) : new string(' ', width);
            yield return i == browser.Position && i < browser.Shown.Count ? style.Reverse(line) : line;
        }
    }

    private static string Line(OfferBrowser browser, int index, int width)
    {
        OfferedSession session = browser.Shown[index];
        string begin = $"{(index == browser.Position ? '›' : ' ')}{(browser.IsMarked(session) ? '✓' : ' ')} ";
        string end = $"  {session.Messages,5}  {Times.Ago(session.Modified, DateTimeOffset.UtcNow),11}";
        int room = width - begin.Length - end.Length;
        if (room < 20)
            return Pad(begin + DisplayText.OneLine(session.Summary), width);
        return begin + Pad(string.Join("  ", Parts(session)), room) + end;
    }

    private static IEnumerable<string> Parts(OfferedSession session) =>
        new[] { session.Summary, session.Project, session.Branch, OfferTable.Kind(session) }.Select(DisplayText.OneLine).Where(part => part.Length > 0);

    private static IEnumerable<string> Preview(OfferBrowser browser, string? preview, Style style, int width, int height)
    {
        string[] text = browser.Current is null ? [] : preview is null ? ["Loading the conversation …"] : [.. DisplayText.Wrap(preview, width)];
        browser.PreviewTop = Math.Clamp(browser.PreviewTop, 0, Math.Max(0, text.Length - height));
        for (int i = browser.PreviewTop; i < browser.PreviewTop + height; i++)
            yield return i < text.Length ? preview is null ? style.Dim(Pad(text[i], width)) : Pad(text[i], width) : new string(' ', width);
    }

    private static string Pad(string text, int width)
    {
        string fitted = DisplayText.Fit(text, width);
        return fitted + new string(' ', Math.Max(0, width - DisplayText.Width(fitted)));
    }
}
