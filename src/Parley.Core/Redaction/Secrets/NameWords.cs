namespace Parley.Core.Redaction.Secrets;

/// <summary>The words of a name in lower case: it is cut at all that is no letter or digit, and where <c>aB</c> or <c>ABc</c> begins a word.</summary>
internal readonly ref struct NameWords
{
    private readonly ReadOnlySpan<char> _letters;
    private readonly ReadOnlySpan<int> _starts;

    /// <param name="name">ASCII.</param>
    /// <param name="letters">Room for as many characters as the name has.</param>
    /// <param name="starts">Room for one number more.</param>
    public NameWords(ReadOnlySpan<byte> name, Span<char> letters, Span<int> starts)
    {
        int length = 0, count = 0;
        bool begins = true;
        for (int i = 0; i < name.Length; i++)
        {
            char c = (char)name[i];
            if (!char.IsAsciiLetterOrDigit(c))
            {
                begins = true;
                continue;
            }
            if (begins || i > 0 && BeginsWord(name, i))
                starts[count++] = length;
            begins = false;
            letters[length++] = char.ToLowerInvariant(c);
        }
        _letters = letters[..length];
        _starts = starts[..count];
    }

    private NameWords(ReadOnlySpan<char> letters, ReadOnlySpan<int> starts)
    {
        _letters = letters;
        _starts = starts;
    }

    public int Count => _starts.Length;

    /// <summary>The last word; empty when there is none.</summary>
    public ReadOnlySpan<char> Last => Count == 0 ? default : _letters[_starts[^1]..];

    public NameWords WithoutLast => Count == 0 ? this : new(_letters[.._starts[^1]], _starts[..^1]);

    public bool Contains(ReadOnlySpan<char> word)
    {
        for (NameWords rest = this; rest.Count > 0; rest = rest.WithoutLast)
        {
            if (rest.Last.SequenceEqual(word))
                return true;
        }
        return false;
    }

    private static bool BeginsWord(ReadOnlySpan<byte> name, int i)
    {
        char before = (char)name[i - 1], c = (char)name[i];
        if (!char.IsAsciiLetterUpper(c))
            return false;
        return char.IsAsciiLetterLower(before)
            || char.IsAsciiLetterUpper(before) && i + 1 < name.Length && char.IsAsciiLetterLower((char)name[i + 1]) && name[i + 1] != 's';
    }
}
