using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction.Secrets;

/// <summary>Recognises the words from which a wallet is restored, behind the words that announce them.</summary>
internal static class SeedPhrases
{
    private const int MinWords = 12;
    private const int MaxWords = 24;
    private const int MaxGap = 24;

    public static readonly string[] Names = ["seed phrase", "mnemonic", "recovery phrase", "secret phrase", "seed_phrase", "seedphrase", "recovery words", "backup phrase"];

    public static void Recognise(in Scene scene, int at)
    {
        ReadOnlySpan<byte> text = scene.Text;
        int name = at;
        while (name < text.Length && (char.IsAsciiLetter((char)text[name]) || text[name] is (byte)' ' or (byte)'_') && name < at + MaxGap)
            name++;
        for (int start = name; start < Math.Min(text.Length, name + MaxGap); start++)
        {
            if (!char.IsAsciiLetterLower((char)text[start]))
                continue;
            if (WordsEnd(text, start) is > 0 and var end)
                scene.Add(start, end, "seed-phrase", Certainty.Context);
            return;
        }
    }

    // The end of 12 to 24 words of three to eight lower-case letters, each one space apart; 0 where there are fewer.
    private static int WordsEnd(ReadOnlySpan<byte> text, int start)
    {
        int words = 0, end = 0;
        for (int at = start; words < MaxWords && at < text.Length; words++)
        {
            int word = at;
            while (at < text.Length && char.IsAsciiLetterLower((char)text[at]))
                at++;
            if (at - word is < 3 or > 8)
                break;
            end = at;
            if (at < text.Length && text[at] is (byte)' ' or (byte)'\n')
                at++;
        }
        return words >= MinWords ? end : 0;
    }
}
