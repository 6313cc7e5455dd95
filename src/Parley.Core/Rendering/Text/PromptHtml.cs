using System.Buffers;
using Parley.Core.Rendering.Code;

namespace Parley.Core.Rendering.Text;

/// <summary>
/// Writes what a person typed as they typed it: line breaks, spaces and signs stay, since prompts are full of pasted logs and paths that
/// Markdown would mangle. Only fenced blocks, code in backticks and web addresses are recognised.
/// </summary>
internal static class PromptHtml
{
    private static readonly SearchValues<char> AddressEnd = SearchValues.Create(" \t\r\n<>\"'`[]{}|");

    internal static void Write(string text, HtmlWriter html)
    {
        ReadOnlySpan<char> rest = text.AsSpan().Trim('\n');
        while (!rest.IsEmpty)
        {
            (int start, int bodyStart, int bodyEnd, int end) = NextFence(rest);
            WriteTyped(rest[..start].Trim('\n'), html);
            if (start == rest.Length)
                return;
            ReadOnlySpan<char> info = rest[start..bodyStart].Trim("`~ \n\r");
            CodeHtml.Write(rest[bodyStart..bodyEnd], Languages.Of(info), html);
            rest = rest[end..].TrimStart('\n');
        }
    }

    /// <summary>Where the next fenced block opens, where its body begins and ends, and where what follows begins; all at the end when there is none.</summary>
    private static (int Start, int BodyStart, int BodyEnd, int End) NextFence(ReadOnlySpan<char> text)
    {
        int start = FindFence(text, 0);
        if (start == text.Length || text[start..].IndexOf('\n') is not (var lineEnd and >= 0))
            return (text.Length, text.Length, text.Length, text.Length);
        int body = start + lineEnd + 1, close = FindFence(text, body);
        int afterClose = close == text.Length ? close : text[close..].IndexOf('\n') is var n and >= 0 ? close + n : text.Length;
        return (start, body, close, afterClose);
    }

    private static int FindFence(ReadOnlySpan<char> text, int from)
    {
        for (int at = from; at < text.Length;)
        {
            ReadOnlySpan<char> line = text[at..].TrimStart(' ');
            if (line.StartsWith("```") || line.StartsWith("~~~"))
                return at;
            int next = text[at..].IndexOf('\n');
            if (next < 0)
                break;
            at += next + 1;
        }
        return text.Length;
    }

    private static void WriteTyped(ReadOnlySpan<char> text, HtmlWriter html)
    {
        if (text.IsWhiteSpace())
            return;
        html.Markup("<p class=\"typed\">"u8);
        while (!text.IsEmpty)
        {
            int at = text.IndexOfAny("`h");
            if (at < 0)
                break;
            html.Marked(text[..at]);
            text = text[at..];
            int taken = text[0] == '`' ? WriteCode(text, html) : WriteAddress(text, html);
            if (taken == 0)
                html.Text(text[..1]);
            text = text[Math.Max(1, taken)..];
        }
        html.Marked(text).Markup("</p>"u8);
    }

    private static int WriteCode(ReadOnlySpan<char> text, HtmlWriter html)
    {
        int end = text[1..].IndexOfAny("`\n");
        if (end <= 0 || text[end + 1] != '`')
            return 0;
        html.Markup("<code>"u8).Marked(text.Slice(1, end)).Markup("</code>"u8);
        return end + 2;
    }

    private static int WriteAddress(ReadOnlySpan<char> text, HtmlWriter html)
    {
        if (!text.StartsWith("http://") && !text.StartsWith("https://"))
            return 0;
        int end = text.IndexOfAny(AddressEnd);
        ReadOnlySpan<char> address = (end < 0 ? text : text[..end]).TrimEnd(".,;:!?)");
        if (!Links.IsAllowed(address))
            return 0;
        Links.Open(address, html);
        html.Text(address).Markup("</a>"u8);
        return address.Length;
    }
}
