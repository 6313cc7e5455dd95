namespace Parley.Core.Tests.Redaction;

/// <summary>Makes secrets that have never been any.</summary>
internal static class Vectors
{
    public const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public static string Random(int length, int seed, string alphabet = Alphanumeric)
    {
        var random = new Random(seed);
        return string.Create(length, (random, alphabet), static (text, from) =>
        {
            for (int i = 0; i < text.Length; i++)
                text[i] = from.alphabet[from.random.Next(from.alphabet.Length)];
        });
    }
}
