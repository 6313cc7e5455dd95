namespace Parley.Core.Redaction.Secrets;

/// <summary>What a value consists of, counted in one look.</summary>
internal readonly ref struct Traits
{
    private const int MinWord = 4;

    // Where letters and digits change as often as this, only longer runs can be words.
    private const int ManyTransitions = 4;
    private const int MinWordAmongDigits = 6;
    private const int CaseBit = 0x20;

    public Traits(ReadOnlySpan<byte> value)
    {
        var seen = new ByteSet();
        byte before = 0;
        foreach (byte c in value)
        {
            if (char.IsAsciiLetter((char)before) && char.IsAsciiLetter((char)c) && ((before ^ c) & CaseBit) != 0)
                CaseChanges++;
            if (char.IsAsciiLetter((char)before) && char.IsAsciiDigit((char)c) || char.IsAsciiDigit((char)before) && char.IsAsciiLetter((char)c))
                Transitions++;
            before = c;
            if (c < 128)
                seen |= ByteSet.Of((char)c);
            if (char.IsAsciiDigit((char)c))
                Digits++;
            else if (char.IsAsciiLetterUpper((char)c))
                Uppercase++;
            else if (char.IsAsciiLetterLower((char)c))
                Lowercase++;
            else if (c is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r')
                Spaces++;
            else if (c is not ((byte)'_' or (byte)'-' or (byte)'.' or (byte)'/' or (byte)':'))
                Symbols++;
        }
        Distinct = seen.Count;
        WordShare = Letters == 0 ? 0 : (double)LettersInWords(value, Transitions < ManyTransitions ? MinWord : MinWordAmongDigits) / value.Length;
    }

    public int Digits { get; }

    public int Uppercase { get; }

    public int Lowercase { get; }

    public int Letters => Uppercase + Lowercase;

    /// <summary>How often a capital and a small letter stand side by side.</summary>
    public int CaseChanges { get; }

    /// <summary>How often a letter and a digit stand side by side.</summary>
    public int Transitions { get; }

    public int Spaces { get; }

    /// <summary>Everything else but the characters that join words: _ - . / :</summary>
    public int Symbols { get; }

    /// <summary>How many different ASCII characters there are.</summary>
    public int Distinct { get; }

    /// <summary>The share of the value that is made of runs that could be words, 0 to 1.</summary>
    public double WordShare { get; }

    private static int LettersInWords(ReadOnlySpan<byte> value, int minWord)
    {
        int total = 0;
        if (IsHexadecimal(value))
            return 0;
        for (int at = 0; at < value.Length;)
        {
            int end = RunEnd(value, at);
            bool isCapitals = end - at > 1 && char.IsAsciiLetterUpper((char)value[at + 1]);
            if (end - at >= minWord && LooksLikeWord(value[at..end]) && !(isCapitals && TouchesDigit(value, at, end)))
                total += end - at;
            at = Math.Max(end, at + 1);
        }
        return total;
    }

    private static bool IsHexadecimal(ReadOnlySpan<byte> value)
    {
        int digits = 0;
        foreach (byte c in value)
        {
            if (!char.IsAsciiHexDigit((char)c) && c != '-')
                return false;
            digits += char.IsAsciiDigit((char)c) ? 1 : 0;
        }
        return digits * 5 >= value.Length;
    }

    private static bool TouchesDigit(ReadOnlySpan<byte> value, int start, int end) =>
        start > 0 && char.IsAsciiDigit((char)value[start - 1]) || end < value.Length && char.IsAsciiDigit((char)value[end]);

    // A run is lower-case with at most one capital before it, or all capitals.
    private static int RunEnd(ReadOnlySpan<byte> value, int at)
    {
        int i = at;
        if (!char.IsAsciiLetter((char)value[i]))
            return i;
        bool capital = char.IsAsciiLetterUpper((char)value[i++]);
        bool allCapitals = capital && i < value.Length && char.IsAsciiLetterUpper((char)value[i]);
        while (i < value.Length && (allCapitals ? char.IsAsciiLetterUpper((char)value[i]) : char.IsAsciiLetterLower((char)value[i])))
            i++;
        return i;
    }

    // Words have a vowel in each few letters, no four consonants in a row, and begin with at most two, or three after an s.
    private static bool LooksLikeWord(ReadOnlySpan<byte> run)
    {
        int consonants = 0, vowels = 0, vowelRun = 0, rare = 0;
        foreach (byte c in run)
        {
            byte lower = (byte)(c | 0x20);
            bool vowel = lower is (byte)'a' or (byte)'e' or (byte)'i' or (byte)'o' or (byte)'u' or (byte)'y';
            if (lower is (byte)'q' or (byte)'x' or (byte)'z' or (byte)'j')
                rare++;
            vowels += vowel ? 1 : 0;
            consonants = vowel ? 0 : consonants + 1;
            vowelRun = vowel ? vowelRun + 1 : 0;
            if (consonants > 3 || vowelRun > 3 || consonants == 3 && vowels == 0 && (run[0] | 0x20) != 's')
                return false;
        }
        return vowels > 0 && vowels * 6 >= run.Length && rare * 4 <= run.Length;
    }
}
