using System.Buffers;

namespace Parley.Core.Redaction.Secrets;

/// <summary>Judges whether a value looks like a secret or like a word, a placeholder, a path or code.</summary>
internal static class Plausibility
{
    /// <summary>The longest value that is taken for a secret because of its name.</summary>
    public const int MaxLength = 2048;

    // How often names change between letters and digits, at least, and one in how many characters.
    private const int MaxChangesInName = 2;
    private const int CharactersAChange = 8;

    // A placeholder says what it is in its first characters.
    private const int MaxPlaceholder = 256;

    private static readonly string[] Placeholders =
        ["example", "your", "xxxx", "changeme", "change_me", "change-me", "placeholder", "redacted", "dummy", "hidden", "insert", "replace",
         "todo", "sample", "abcdefghijklm", "****", "...", "undefined", "notreal", "not-real", "<", "${", "{{", "$(", "%{", "#{"];

    private const int MaxPhrase = 64;
    private const int MaxPhraseWords = 4;

    private static readonly SearchValues<byte> ShellSigns = SearchValues.Create("$`(){}[]<>=;|"u8);

    private const int MinPassphrase = 15;

    private static readonly SearchValues<byte> PassphraseBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_."u8);

    private static readonly string[] PurposeWords =
        ["pass", "pwd", "secret", "token", "key", "auth", "login", "user", "admin", "test", "default", "value", "string", "name", "field", "input", "hash",
         "config", "env", "some", "my", "the", "here", "reset", "form", "label", "type", "error", "invalid", "valid", "required", "none", "null", "psk"];

    // A token this long has enough of its own beside the word that makes it an example, which comes first in the list.
    private const int MinLongToken = 80;

    private static readonly string[] Descriptions = ["example", "xxxx", "your_", "your-", "placeholder", "changeme", "****", "..."];

    /// <summary>Whether what follows a token's prefix is random enough not to be its description.</summary>
    public static bool IsTokenBody(ReadOnlySpan<byte> body)
    {
        var traits = new Traits(body);
        return traits.Distinct >= Math.Min(5, body.Length / 3 + 1) && (traits.WordShare < 0.65 || traits.Digits * 10 >= body.Length) && !IsDescription(body, traits)
            && (traits.Digits > 0 || traits.Uppercase > 0 || body.Length >= 16 && traits.WordShare < 0.5);
    }

    /// <summary>Whether a value that is bound in this way to a name of this grade is a secret.</summary>
    public static bool IsSecret(ReadOnlySpan<byte> value, Grade grade, Link link, bool quoted)
    {
        if (value.Length is < 4 or > MaxLength || grade == Grade.None)
            return false;
        var traits = new Traits(value);
        if (traits.Spaces > 0 || traits.Distinct < 4 || IsPlaceholder(value) || IsReference(value) || (!quoted && IsCode(value)))
            return false;
        if (link == Link.Prose && (value.Length < 8 || traits.WordShare > (grade == Grade.Password ? 0.7 : 0.5) || traits.Digits == 0 && (value.Length < 12 || traits.WordShare > 0.3)))
            return false;
        if (link == Link.Vague && (grade == Grade.Weak || value.Length < 14 || traits.Digits == 0 || traits.Letters == 0 || traits.WordShare > 0.5))
            return false;
        return grade switch
        {
            Grade.Password => IsPassword(value, traits, quoted),
            Grade.Strong => value.Length >= 8 && !IsPath(value, traits) && (IsMixed(value, traits, minLength: 16) || IsLongNumber(value, traits)),
            _ => IsRandom(value, traits),
        };
    }

    // Longer than a time in milliseconds.
    private static bool IsLongNumber(ReadOnlySpan<byte> value, Traits traits) => traits.Digits == value.Length && value.Length >= 15 && traits.Distinct >= 5;

    // What a weak name holds must look random by itself; the shorter it is, the more.
    private static bool IsRandom(ReadOnlySpan<byte> value, Traits traits)
    {
        if (traits.Digits < 2 || IsPath(value, traits) || !IsMixed(value, traits, minLength: 20) || IsName(traits) || value.Contains((byte)'%'))
            return false;
        return value.Length >= 16 ? traits.WordShare < 0.5 : value.Length >= 10 && traits.Transitions >= 3 && traits.WordShare < 0.2 && traits.Symbols == 0;
    }

    /// <summary>Whether a value may be a name that has a number in it, as in <c>Ed25519PublicKey</c>.</summary>
    public static bool IsName(Traits traits) => traits.Symbols == 0 && traits.Transitions <= 3 && traits.WordShare > 0.2;

    /// <summary>Whether a value could be a word, so that the same letters elsewhere say nothing.</summary>
    public static bool IsWord(ReadOnlySpan<byte> value) => new Traits(value) is { Digits: 0, Symbols: 0 };

    private static bool IsPassword(ReadOnlySpan<byte> value, Traits traits, bool quoted)
    {
        if (value.Length < 5 || IsPath(value, traits) || IsHexNumber(value))
            return false;
        if (traits.Digits == value.Length)
            return value.Length >= 6;
        if (traits.Digits == 0 && value.Count((byte)':') > 1)
            return false; // name:passwd:uid:gid
        return traits.Digits > 0 && traits.Letters > 0 || traits.Symbols > 0 && traits.WordShare < 0.7 && (quoted || traits.Letters > 0)
            || value.Length >= 12 && traits.WordShare < 0.5 || IsPassphrase(value);
    }

    /// <summary>Whether a quoted value with spaces in it, which a shell's variable or option for a password has, is one: <c>p@ss w0rd</c>.</summary>
    public static bool IsPhrase(ReadOnlySpan<byte> value)
    {
        if (value.Length is < 6 or > MaxPhrase || value.Count((byte)' ') is 0 or >= MaxPhraseWords || value[0] == ' ' || value[^1] == ' ')
            return false;
        var traits = new Traits(value);
        int kinds = (traits.Digits > 0 ? 1 : 0) + (traits.Symbols > 0 ? 1 : 0) + (traits.Uppercase > 0 ? 1 : 0);
        return kinds >= 2 && traits.Letters > 0 && traits.WordShare < 0.6 && !value.ContainsAny(ShellSigns) && !IsPlaceholder(value) && !IsReference(value);
    }

    // Four words or so, joined: correct-horse-battery-staple. With a word in it that tells of its purpose it is a name, not a secret.
    private static bool IsPassphrase(ReadOnlySpan<byte> value)
    {
        if (value.Length < MinPassphrase || value.ContainsAnyExcept(PassphraseBytes))
            return false;
        int words = 0;
        foreach (Range range in value.SplitAny((byte)'-', (byte)'_', (byte)'.'))
        {
            if (value[range].Length == 0 || ContainsAny(value[range], PurposeWords))
                return false;
            words++;
        }
        return words >= 3;
    }

    private static bool IsMixed(ReadOnlySpan<byte> value, Traits traits, int minLength)
    {
        if (traits.Letters == 0)
            return false;
        return traits.Digits > 0 && (traits.Digits >= 2 || traits.WordShare < 0.7) && traits.WordShare < 0.8
            || value.Length >= minLength && traits.WordShare < 0.4;
    }

    public static bool IsPlaceholder(ReadOnlySpan<byte> value) => ContainsAny(value, Placeholders);

    private static bool IsDescription(ReadOnlySpan<byte> value, Traits traits) =>
        ContainsAny(value, value.Length >= MinLongToken && traits.WordShare < 0.3 ? Descriptions.AsSpan(1) : Descriptions);

    private static bool ContainsAny(ReadOnlySpan<byte> value, ReadOnlySpan<string> words)
    {
        Span<char> chars = stackalloc char[MaxPlaceholder];
        int n = Math.Min(value.Length, chars.Length);
        for (int i = 0; i < n; i++)
            chars[i] = char.ToLowerInvariant((char)value[i]);
        foreach (string word in words)
        {
            if (chars[..n].IndexOf(word) >= 0)
                return true;
        }
        return false;
    }

    // (?:…) [^…] [a-z] in the source of a regular expression
    private static bool IsPattern(ReadOnlySpan<byte> value) =>
        value.IndexOf("(?"u8) >= 0 || value.IndexOf("[^"u8) >= 0 || value.IndexOf("a-z"u8) >= 0 || value.IndexOf("A-Z"u8) >= 0 || value.IndexOf("0-9"u8) >= 0 && value.Contains((byte)'[')
        || value.IndexOf("(%s"u8) >= 0;

    // 0x0B96
    private static bool IsHexNumber(ReadOnlySpan<byte> value) => value.Length <= 10 && value.StartsWith("0x"u8) && value[2..].IndexOfAnyExcept(Hexadecimal) < 0;

    private static readonly SearchValues<byte> Hexadecimal = SearchValues.Create("0123456789abcdefABCDEF"u8);

    // $NAME, %NAME%, process.env.X, @file, !vault, a URL without a password, an ARN.
    private static bool IsReference(ReadOnlySpan<byte> value)
    {
        if (value[0] == '$' && value.Length > 1 && (char.IsAsciiLetter((char)value[1]) || value[1] is (byte)'_' or (byte)'{' or (byte)'('))
            return !HasManyKinds(value);
        if (value[0] == '%' && value[^1] == '%' || value[0] == '!' && IsIdentifier(value[1..]) || value[0] == '[' || value.Count((byte)'`') > 1)
            return true;
        return value.IndexOf("://"u8) >= 0 || value.StartsWith("arn:"u8) || value.StartsWith("data:"u8) || value.IndexOf(".env"u8) >= 0
            || value.EndsWith("4_request"u8) || value.IndexOf("\\f"u8) >= 0 || IsPattern(value) || value.StartsWith("sha256"u8) || value.StartsWith("sha512-"u8) || value.StartsWith("sha384-"u8) || value.StartsWith("op:"u8);
    }

    private static bool HasManyKinds(ReadOnlySpan<byte> value)
    {
        var traits = new Traits(value[1..]);
        return traits.Digits > 1 && traits.Uppercase > 0 && traits.Lowercase > 0;
    }

    // name(…), name.name, name[…], name::name, name^.name, a == b
    private static bool IsCode(ReadOnlySpan<byte> value)
    {
        if (value.IndexOf("^."u8) > 0 || value.IndexOf("::"u8) is > 0 and var joint && IsIdentifier(value[..joint]))
            return true;
        int n = 0;
        while (n < value.Length && (char.IsAsciiLetterOrDigit((char)value[n]) || value[n] is (byte)'_' or (byte)'.' or (byte)':' or (byte)'!' or (byte)'?'))
            n++;
        if (n > 0 && (n == value.Length || value[n] == '(') && IsDotted(value[..n]))
            return true;
        if (n == value.Length)
            return false;
        return value[n] == '(' && value[..n].Contains((byte)'_') || value[n] is (byte)'(' or (byte)'[' or (byte)'{' or (byte)'<' && n > 2 && new Traits(value[..n]) is { WordShare: > 0.4 } or { Digits: 0, Uppercase: <= 2 }
            || value[0] is (byte)'(' or (byte)'{' or (byte)'=' or (byte)'&' or (byte)'*' or (byte)'|';
    }

    // Names joined by dots: each begins with a letter and does not change between letters and digits as often as random characters do.
    private static bool IsDotted(ReadOnlySpan<byte> value)
    {
        int parts = 0;
        foreach (Range range in value.Split((byte)'.'))
        {
            ReadOnlySpan<byte> part = value[range];
            if (part.IsEmpty || char.IsAsciiDigit((char)part[0]))
                return false;
            int changes = 0;
            for (int i = 1; i < part.Length; i++)
                changes += char.IsAsciiDigit((char)part[i]) != char.IsAsciiDigit((char)part[i - 1]) ? 1 : 0;
            if (changes > Math.Max(MaxChangesInName, part.Length / CharactersAChange))
                return false;
            parts++;
        }
        return parts > 1;
    }

    private static bool IsIdentifier(ReadOnlySpan<byte> value)
    {
        foreach (byte c in value)
        {
            if (!char.IsAsciiLetter((char)c) && c is not ((byte)'_' or (byte)'.' or (byte)'-' or (byte)':'))
                return false;
        }
        return true;
    }

    // Several segments of which most are words, or a beginning that only paths have.
    private static bool IsPath(ReadOnlySpan<byte> value, Traits traits)
    {
        if (value.StartsWith("./"u8) || value.StartsWith("../"u8) || value.StartsWith("~/"u8) || value.StartsWith("C:\\"u8) || BeginsAtRoot(value))
            return true;
        return value.Count((byte)'/') >= 2 && traits.WordShare > 0.4;
    }

    private static bool BeginsAtRoot(ReadOnlySpan<byte> value)
    {
        foreach (byte[] root in Roots)
        {
            if (value.StartsWith(root))
                return true;
        }
        return false;
    }

    private static readonly byte[][] Roots =
        [.. "/home/ /Users/ /usr/ /var/ /etc/ /tmp/ /opt/ /root/ /srv/ /mnt/ /app/ /run/ /private/ /Volumes/ /workspace /workspaces/ /data/ /nix/".Split(' ').Select(System.Text.Encoding.ASCII.GetBytes)];
}
