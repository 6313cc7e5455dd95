using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction.Secrets;

/// <summary>Recognises signatures and session ids in addresses: whoever has the address needs nothing else.</summary>
internal static class Parameters
{
    private const int MinLength = 16;

    /// <summary>The parameters' names with their equals signs, lower-case.</summary>
    public static readonly string[] Names =
    [
        "?sig=", "&sig=", "amz-signature=", "goog-signature=", "&signature=", "jsessionid=", "phpsessid=", "&sid=", "?sid=", "oauth_signature=", "&code=", "?code=",
    ];

    public static void Recognise(in Scene scene, int at)
    {
        ReadOnlySpan<byte> text = scene.Text;
        int start = at + text[at..].IndexOf((byte)'=') + 1;
        int end = start;
        while (end < text.Length && (char.IsAsciiLetterOrDigit((char)text[end]) || "+/=_-~.!"u8.Contains(text[end])))
            end++;
        ReadOnlySpan<byte> value = text[start..end];
        if (value.Length >= MinLength && Plausibility.IsSecret(value, Grade.Weak, Link.Assignment, quoted: true))
            scene.Add(start, end, "url-secret", Certainty.Context);
    }
}
