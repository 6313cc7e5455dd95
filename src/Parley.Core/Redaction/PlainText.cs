using System.Buffers;

namespace Parley.Core.Redaction;

/// <summary>
/// Tells text in which no word can turn out to be a secret by what follows it. A name stands before its value nearly everywhere; where it may not, in objects, in
/// markup, before a pipe, among the words of a phrase, or beside a value that looks random, more has to be known before anything is shown.
/// </summary>
internal static class PlainText
{
    /// <summary>Letters and digits mixed in a row of this length look like a value.</summary>
    private const int RandomLooking = 8;

    /// <summary>Letters alone look like one from this length on.</summary>
    private const int LongestWord = 24;

    // Of objects, markup, pipes, assignments, escapes, quotes that may hold several words, and terminals' colours.
    private static readonly SearchValues<char> Structure = SearchValues.Create("{}|<>=$\\\"\u001b");

    private static readonly string[] Announcements = ["-----", "echo ", "printf ", "Write-Output ", "phrase", "mnemonic", "recovery words"];

    /// <summary>Whether the whole words in <paramref name="next"/> may be shown.</summary>
    /// <param name="text">What stands before, as far as it matters, and what is next.</param>
    /// <param name="next">The last part of it.</param>
    public static bool Holds(ReadOnlySpan<char> text, ReadOnlySpan<char> next)
    {
        if (next.ContainsAny(Structure))
            return false;
        foreach (string announcement in Announcements)
        {
            if (text.Contains(announcement, StringComparison.OrdinalIgnoreCase))
                return false;
        }
        return !HoldsQuote(next) && !HoldsValue(next);
    }

    /// <summary>Where the last whole word ends. In scripts without spaces each character is one, unless it stands in a word with letters that could be a value's.</summary>
    public static int EndOfWords(ReadOnlySpan<char> text)
    {
        int start = text.Length;
        while (start > 0 && text[start - 1] > ' ')
            start--;
        return text[start..].ContainsAnyInRange('!', '~') ? start : text.Length;
    }

    // An apostrophe within a word is none.
    private static bool HoldsQuote(ReadOnlySpan<char> next)
    {
        for (int i = 0; i < next.Length; i++)
            if (next[i] == '\'' && (i == 0 || i + 1 == next.Length || !char.IsLetter(next[i - 1]) || !char.IsLetter(next[i + 1])))
                return true;
        return false;
    }

    private static bool HoldsValue(ReadOnlySpan<char> next)
    {
        int length = 0;
        bool letter = false, digit = false;
        foreach (char c in next)
        {
            if (!char.IsAsciiLetterOrDigit(c))
            {
                (length, letter, digit) = (0, false, false);
                continue;
            }
            length++;
            letter |= char.IsAsciiLetter(c);
            digit |= char.IsAsciiDigit(c);
            if (length >= LongestWord || (length >= RandomLooking && letter && digit))
                return true;
        }
        return false;
    }
}
