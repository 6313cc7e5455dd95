using System.Text.RegularExpressions;

namespace Parley.Core.Rendering;

/// <summary>The marks that redaction and truncation leave in text: <c>[REDACTED:rule]</c> becomes a chip, <c>[truncated: …]</c> a quiet note.</summary>
internal static partial class Marks
{
    // The lengths are bounded, so that hostile text costs linear time.
    [GeneratedRegex(@"\[(?:REDACTED:([A-Za-z0-9_.:#\- ]{1,80})|truncated: [0-9,]{1,20} bytes removed)\]", RegexOptions.NonBacktracking)]
    private static partial Regex Pattern();

    internal static void Write(ReadOnlySpan<char> text, HtmlWriter html)
    {
        int written = 0;
        if (text.Contains("[REDACTED:", StringComparison.Ordinal) || text.Contains("[truncated:", StringComparison.Ordinal))
        {
            foreach (ValueMatch match in Pattern().EnumerateMatches(text))
            {
                html.Text(text[written..match.Index]);
                WriteMark(text.Slice(match.Index, match.Length), html);
                written = match.Index + match.Length;
            }
        }
        html.Text(text[written..]);
    }

    /// <summary>The length of the mark of redaction that the text begins with; zero when it begins with none.</summary>
    internal static int Length(ReadOnlySpan<char> text)
    {
        if (!text.StartsWith("[REDACTED:"))
            return 0;
        int end = text.IndexOf(']');
        return end < 0 || text[1..end].Contains('[') ? 0 : end + 1;
    }

    // The brackets stay in the document, hidden, so that what is copied is what was sent.
    private static void WriteMark(ReadOnlySpan<char> mark, HtmlWriter html)
    {
        const string Redacted = "[REDACTED:";
        if (mark.StartsWith(Redacted))
            html.Markup("<span class=\"redacted\"><span class=\"sr\">[REDACTED:</span>"u8).Text(mark[Redacted.Length..^1])
                .Markup("<span class=\"sr\">]</span></span>"u8);
        else
            html.Markup("<span class=\"truncated\">"u8).Text(mark).Markup("</span>"u8);
    }
}
