using System.Buffers;
using Parley.Core.Rendering.Code;
using Parley.Core.Sessions;

namespace Parley.Core.Rendering.Text;

/// <summary>
/// Writes what a person typed as they typed it: line breaks, spaces and signs stay, since prompts are full of pasted logs and paths that
/// Markdown would mangle. Only fenced blocks, code in backticks and web addresses are recognised, and names where people call each other.
/// </summary>
internal static class PromptHtml
{
    private static readonly SearchValues<char> AddressEnd = SearchValues.Create(" \t\r\n<>\"'`[]{}|");

    internal static void Write(string text, bool withNames, HtmlWriter html)
    {
        ReadOnlySpan<char> rest = text.AsSpan().Trim('\n');
        while (!rest.IsEmpty)
        {
            (int start, int bodyStart, int bodyEnd, int end) = NextFence(rest);
            WriteTyped(rest[..start].Trim('\n'), withNames, html);
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

    private static void WriteTyped(ReadOnlySpan<char> text, bool withNames, HtmlWriter html)
    {
        if (text.IsWhiteSpace())
            return;
        html.Markup("<p class=\"typed\">"u8);
        int plain = 0;
        for (int at = NextSpecial(text, 0); at < text.Length;)
        {
            ReadOnlySpan<char> rest = text[at..];
            int length = rest[0] switch { '`' => CodeLength(rest), '@' => withNames && Mentions.Begins(text, at) ? NameLength(rest) : 0, _ => AddressLength(rest) };
            if (length > 0)
            {
                html.Marked(text[plain..at]);
                WriteSpecial(rest[..length], html);
                plain = at + length;
            }
            at = NextSpecial(text, at + Math.Max(1, length));
        }
        html.Marked(text[plain..]).Markup("</p>"u8);
    }

    // Code, addresses and names begin with these.
    private static int NextSpecial(ReadOnlySpan<char> text, int from) =>
        text[from..].IndexOfAny('`', 'h', '@') is var next and >= 0 ? from + next : text.Length;

    private static void WriteSpecial(ReadOnlySpan<char> text, HtmlWriter html)
    {
        if (text[0] == '`')
        {
            html.Markup("<code>"u8).Marked(text[1..^1]).Markup("</code>"u8);
            return;
        }
        if (text[0] == '@')
        {
            html.Markup("<span class=\"mention\">"u8).Text(text).Markup("</span>"u8);
            return;
        }
        Links.Open(text, html);
        html.Text(text).Markup("</a>"u8);
    }

    private static int NameLength(ReadOnlySpan<char> text)
    {
        int length = 1;
        while (length < text.Length && (char.IsLetterOrDigit(text[length]) || text[length] is '_' or '-'))
            length++;
        return length > 1 ? length : 0;
    }

    private static int CodeLength(ReadOnlySpan<char> text)
    {
        int end = text[1..].IndexOfAny('`', '\n');
        return end > 0 && text[end + 1] == '`' ? end + 2 : 0;
    }

    private static int AddressLength(ReadOnlySpan<char> text)
    {
        if (!text.StartsWith("http://") && !text.StartsWith("https://"))
            return 0;
        text = text[..Math.Min(text.Length, Links.MaxLength + 1)];
        int end = text.IndexOfAny(AddressEnd);
        ReadOnlySpan<char> address = (end < 0 ? text : text[..end]).TrimEnd(".,;:!?)");
        return Links.IsAllowed(address) ? address.Length : 0;
    }
}
