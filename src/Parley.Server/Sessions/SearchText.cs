using Parley.Core.Rendering;

namespace Parley.Server.Sessions;

/// <summary>The text of entries in the form in which it is stored for searching, and what a hit shows of it.</summary>
public static class SearchText
{
    /// <summary>Characters of the snippet before and after the match.</summary>
    public const int Context = 60;

    /// <summary>Lower case by single characters, so that places in it are places in the text; without U+0000, which PostgreSQL refuses.</summary>
    public static string Fold(string text) => text.ToLowerInvariant().Replace('\0', ' ');

    /// <summary>The first match in an entry that holds one.</summary>
    public static SearchHit Hit(StoredEntry stored, string folded)
    {
        string text = PlainText.Of(stored.Entry);
        int at = Math.Max(0, Fold(text).IndexOf(folded, StringComparison.Ordinal));
        int start = Boundary(text, Math.Max(0, at - Context)), end = Boundary(text, Math.Min(text.Length, at + folded.Length + Context));
        string snippet = string.Create(end - start, (text, start), static (line, from) =>
        {
            from.text.AsSpan(from.start, line.Length).CopyTo(line);
            foreach (ref char c in line)
                c = char.IsControl(c) ? ' ' : c;
        });
        return new SearchHit(stored.Seq, snippet, at - start, Math.Min(folded.Length, end - at));
    }

    // Never between the two halves of a character.
    private static int Boundary(string text, int index) => index > 0 && index < text.Length && char.IsLowSurrogate(text[index]) ? index - 1 : index;
}
