namespace Parley.Core.Rendering.Code;

/// <summary>
/// Writes code and terminal output as <c>pre</c> elements: a line each, so that the style sheet numbers them and the browser's
/// highlighter finds them, with the place for a copy button.
/// </summary>
internal static class CodeHtml
{
    /// <summary>Lines that get an element of their own; the rest of a longer text follows in one.</summary>
    internal const int MaxLineElements = 3000;

    /// <summary>The same for a file that is a page of its own.</summary>
    internal const int MaxFileLines = 20_000;

    /// <param name="code">The code, lines separated by line feeds.</param>
    /// <param name="language">A name of <see cref="Languages"/>, or null.</param>
    /// <param name="html">Where to.</param>
    /// <param name="firstLine">The number of the first line; null for a snippet, whose lines count from one where there is more than one.</param>
    internal static void Write(ReadOnlySpan<char> code, string? language, HtmlWriter html, int? firstLine = null)
    {
        code = code.TrimEnd('\n');
        bool numbered = firstLine is not null || code.Contains('\n');
        Open(language, numbered ? "code numbered"u8 : "code"u8, html);
        WriteLines(code, html, numbered ? firstLine ?? 1 : null);
        Close(html);
    }

    /// <summary>Writes a whole file, whose lines can be linked to.</summary>
    internal static void WriteFile(ReadOnlySpan<char> code, string? language, HtmlWriter html)
    {
        Open(language, "code numbered"u8, html);
        WriteLines(code.TrimEnd('\n'), html, 1, MaxFileLines, "L"u8);
        Close(html);
    }

    /// <summary>Writes what a terminal showed, colours included.</summary>
    internal static void WriteTerminal(string text, HtmlWriter html)
    {
        Open(null, "terminal"u8, html);
        Ansi.Write(Ansi.LastOverwrite(text).TrimEnd(), html);
        Close(html);
    }

    internal static void Open(string? language, ReadOnlySpan<byte> kind, HtmlWriter html)
    {
        html.Markup("<div class=\"snippet\"><pre class=\""u8).Markup(kind).Markup("\" tabindex=\"0\""u8);
        if (language is not null)
            html.Attribute("data-lang"u8, language);
        html.Markup("><code>"u8);
    }

    internal static void Close(HtmlWriter html) => html.Markup("</code></pre></div>"u8);

    // The numbers are attributes, since a browser walks the whole document for CSS counters whenever a part of it is laid out.
    private static void WriteLines(ReadOnlySpan<char> code, HtmlWriter html, int? firstLine, int most = MaxLineElements, ReadOnlySpan<byte> anchor = default)
    {
        for (int line = 0; !code.IsEmpty && line < most; line++)
        {
            int end = code.IndexOf('\n');
            html.Markup("<span class=\"l\""u8);
            if (!anchor.IsEmpty)
                html.Markup(" id=\""u8).Markup(anchor).Number(line + 1).Markup("\""u8);
            if (firstLine is { } first)
                html.Markup(" data-n=\""u8).Number(first + line).Markup("\""u8);
            html.Markup(">"u8).Marked(end < 0 ? code : code[..end]).Markup("\n</span>"u8);
            code = end < 0 ? default : code[(end + 1)..];
        }
        html.Marked(code);
    }
}
