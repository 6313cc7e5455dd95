namespace Parley.Core.Transfer;

/// <summary>The words that passphrases are made of: 2048, each of four to seven letters.</summary>
internal static class PassphraseWords
{
    /// <summary>A power of two, so that random bits choose evenly.</summary>
    public const int Count = 2048;

    private static readonly Lazy<string[]> All = new(Read);

    private static readonly Lazy<HashSet<string>> Known = new(() => [.. All.Value]);

    /// <summary>The word that the low bits of a random number choose.</summary>
    public static string At(int number) => All.Value[number & (Count - 1)];

    public static bool Contains(string word) => Known.Value.Contains(word);

    private static string[] Read()
    {
        using Stream list = typeof(PassphraseWords).Assembly.GetManifestResourceStream("transfer/words.txt")!;
        using var reader = new StreamReader(list);
        return reader.ReadToEnd().Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
    }
}
