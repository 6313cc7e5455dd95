using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction.Secrets;

/// <summary>Recognises JSON Web Tokens, signed and encrypted, also wrapped in base64 once more.</summary>
internal static class WebTokens
{
    private const int MinPart = 8;

    public static void Recognise(in Scene scene, int at)
    {
        ReadOnlySpan<byte> text = scene.Text;
        if (!scene.IsStart(at))
            return;
        int end = at, dots = 0;
        for (int part = at; ; part = end + 1)
        {
            end = part;
            while (end < text.Length && (char.IsAsciiLetterOrDigit((char)text[end]) || text[end] is (byte)'_' or (byte)'-' or (byte)'=' or (byte)'+' or (byte)'/'))
                end++;
            if (end == text.Length || text[end] != '.' || end - part < MinPart && dots < 2)
                break;
            dots++;
        }
        if (dots is >= 1 and <= 4 || text[at] == 'Z' && end - at >= 80)
            scene.Add(at, end, "jwt", Certainty.Format);
    }
}
