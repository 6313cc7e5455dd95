using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction.Secrets;

/// <summary>Recognises JSON Web Tokens in one text, signed and encrypted, also wrapped in base64 once more.</summary>
internal ref struct WebTokens
{
    private const int MinPart = 8;
    private const int MaxDots = 4;

    /// <summary>A header in base64 in base64 has no dots to be known by, but it is long.</summary>
    private const int MinWrapped = 40;

    /// <summary>So has a token whose dots were lost, behind the usual beginning of a header.</summary>
    private const int MinWithoutDots = 100;

    private int _readUpTo;

    public void Recognise(in Scene scene, int at)
    {
        ReadOnlySpan<byte> text = scene.Text;
        if (at < _readUpTo || !scene.IsStart(at))
            return;
        int dots = 0, end = PartEnd(text, at);
        for (int part = at; dots < MaxDots && end < text.Length && text[end] == '.' && (end - part >= MinPart || dots >= 2); dots++)
        {
            part = end + 1;
            end = PartEnd(text, part);
        }
        _readUpTo = end;
        if (dots > 0 || text[at] == 'Z' && end - at >= MinWrapped || text[at..].StartsWith("eyJhbGciOi"u8) && end - at >= MinWithoutDots)
            scene.Add(at, end, "jwt", Certainty.Format);
    }

    private static int PartEnd(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length && (char.IsAsciiLetterOrDigit((char)text[at]) || text[at] is (byte)'_' or (byte)'-' or (byte)'=' or (byte)'+' or (byte)'/'))
            at++;
        return at;
    }
}
