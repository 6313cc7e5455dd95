using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Parley.Core.Rendering;

/// <summary>
/// The one way from untrusted text to HTML. Markup is UTF-8 literals, text is UTF-16 and always escaped: the types keep the two apart.
/// </summary>
/// <param name="output">Where the HTML goes.</param>
/// <param name="textLimit">Bytes of text after which further text is left out; markup is always written, so it stays balanced.</param>
public sealed class HtmlWriter(IBufferWriter<byte> output, long textLimit = long.MaxValue)
{
    private long _room = textLimit;

    /// <summary>Whether the limit was reached and text is missing.</summary>
    public bool IsFull => _room <= 0;

    private static readonly SearchValues<char> Special = SearchValues.Create(SpecialCharacters());

    /// <summary>Writes markup as it is: literals of this library, never text of a transcript.</summary>
    public HtmlWriter Markup(ReadOnlySpan<byte> literal)
    {
        output.Write(literal);
        return this;
    }

    /// <summary>Writes text, escaped for element content and for quoted attribute values alike.</summary>
    public HtmlWriter Text(ReadOnlySpan<char> text)
    {
        while (!IsFull && text.IndexOfAny(Special) is var at and >= 0)
        {
            Encode(text[..at]);
            WriteSpecial(text[at]);
            text = text[(at + 1)..];
        }
        Encode(text);
        return this;
    }

    /// <summary>Writes text like <see cref="Text"/>, with the marks of redaction and truncation shown as what they are.</summary>
    public HtmlWriter Marked(ReadOnlySpan<char> text)
    {
        Marks.Write(text, this);
        return this;
    }

    /// <summary>Writes <c> name="value"</c>.</summary>
    public HtmlWriter Attribute(ReadOnlySpan<byte> name, ReadOnlySpan<char> value) =>
        Markup(" "u8).Markup(name).Markup("=\""u8).Text(value).Markup("\""u8);

    public HtmlWriter Number(long value)
    {
        Utf8Formatter.TryFormat(value, output.GetSpan(20), out int written);
        output.Advance(written);
        return this;
    }

    private void Encode(ReadOnlySpan<char> text)
    {
        const int Chunk = 4096;
        while (!text.IsEmpty && !IsFull)
        {
            int length = Math.Min(Chunk, text.Length);
            if (length < text.Length && char.IsHighSurrogate(text[length - 1]))
                length--;
            Span<byte> span = output.GetSpan(length * 3);
            int written = Encoding.UTF8.GetBytes(text[..length], span);
            output.Advance(written);
            _room -= written;
            text = text[length..];
        }
    }

    private void WriteSpecial(char c)
    {
        ReadOnlySpan<byte> escaped = Escape(c);
        output.Write(escaped);
        _room -= escaped.Length;
    }

    private static ReadOnlySpan<byte> Escape(char c) => c switch
    {
        '<' => "&lt;"u8,
        '>' => "&gt;"u8,
        '&' => "&amp;"u8,
        '"' => "&quot;"u8,
        '\'' => "&#39;"u8,
        '\r' => ""u8,
        _ => "\uFFFD"u8,
    };

    // Beside the five of HTML: what browsers drop, replace or treat as a line end of their own (C0 but tab and line feed, DEL, C1).
    private static string SpecialCharacters()
    {
        var special = new StringBuilder("<>&\"'");
        for (char c = '\0'; c <= '\u009f'; c++)
        {
            if (char.IsControl(c) && c is not ('\t' or '\n'))
                special.Append(c);
        }
        return special.ToString();
    }
}
