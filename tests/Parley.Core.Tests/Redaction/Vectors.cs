using Parley.Core.Redaction.Secrets;

namespace Parley.Core.Tests.Redaction;

/// <summary>Makes secrets that have never been any.</summary>
internal static class Vectors
{
    public const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    public const string Hexadecimal = "0123456789abcdef";

    /// <summary>How much longer than its minimum a run of open length becomes at most.</summary>
    private const int MaxExtra = 12;

    public static string Random(int length, int seed, string alphabet = Alphanumeric)
    {
        var random = new Random(seed);
        return string.Create(length, (random, alphabet), static (text, from) =>
        {
            for (int i = 0; i < text.Length; i++)
                text[i] = from.alphabet[from.random.Next(from.alphabet.Length)];
        });
    }

    /// <summary>A token of the form that a rule's pattern describes. It begins and ends with a letter or digit where the pattern allows it.</summary>
    public static string Of(Shape shape, Random random)
    {
        var text = new System.Text.StringBuilder();
        foreach (Shape.Part part in shape.Parts)
        {
            char[] characters = [.. Enumerable.Range(32, 95).Select(c => (char)c).Where(c => part.Set.Contains((byte)c))];
            char[] letters = [.. characters.Where(char.IsAsciiLetterOrDigit)];
            char[] digits = [.. characters.Where(char.IsAsciiDigit)];
            int length = part.Min + random.Next(Math.Min(part.Max - part.Min, MaxExtra) + 1);
            for (int i = 0; i < length; i++)
            {
                bool isEdge = i == 0 || i == length - 1;
                char[] choice = letters.Length == 0 || !isEdge && random.Next(10) == 0 ? characters : digits.Length > 0 && random.Next(4) == 0 ? digits : letters;
                text.Append(choice[random.Next(choice.Length)]);
            }
        }
        return text.ToString();
    }
}
