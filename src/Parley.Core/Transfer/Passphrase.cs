using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Parley.Core.Transfer;

/// <summary>
/// What both people know. It is never sent, nor anything that it could be tried against offline. Spaces and dashes of any kind and number are one dash,
/// and words of the list are the same in capitals, so that a passphrase survives being read out.
/// </summary>
public sealed class Passphrase
{
    /// <summary>Words of a generated passphrase; four of 2048 are 44 bits, of which a stranger may try <see cref="WrongGuesses.Most"/>.</summary>
    public const int Words = 4;

    private readonly string _text;

    private Passphrase(string text) => _text = text;

    /// <summary>Takes what somebody typed.</summary>
    /// <exception cref="FormatException">There is nothing in it, it is longer than <see cref="TransferLimits.PassphraseCharacters"/>, or no text.</exception>
    public static Passphrase Parse(string text)
    {
        if (text.Length > TransferLimits.PassphraseCharacters)
            throw new FormatException($"A passphrase has at most {TransferLimits.PassphraseCharacters} characters.");
        string joined = Join(text);
        if (joined.Length == 0)
            throw new FormatException("The passphrase is empty. Give the one that the sender shows, or leave it out on the sender's side to have one made.");
        string lower = joined.ToLowerInvariant();
        return new Passphrase(lower.Split('-').All(PassphraseWords.Contains) ? lower : joined);
    }

    /// <summary>Makes one of <see cref="Words"/> words.</summary>
    public static Passphrase Generate(RandomNumberGenerator random)
    {
        var bytes = new byte[Words * 2];
        random.GetBytes(bytes);
        return new Passphrase(string.Join('-', Enumerable.Range(0, Words).Select(i => PassphraseWords.At(bytes[2 * i] << 8 | bytes[2 * i + 1]))));
    }

    /// <summary>The passphrase as it is shown to people.</summary>
    public override string ToString() => _text;

    /// <summary>What the key agreement takes for the password: ASCII, of one length.</summary>
    internal string Secret() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("parley transfer v1 passphrase " + _text)));

    private static string Join(string text)
    {
        var joined = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (!Separates(rune))
                joined.Append(rune.ToString());
            else if (joined.Length > 0 && joined[^1] != '-')
                joined.Append('-');
        }
        return joined.ToString().TrimEnd('-');
    }

    private static bool Separates(Rune rune) =>
        Rune.IsWhiteSpace(rune) || Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.DashPunctuation;
}
