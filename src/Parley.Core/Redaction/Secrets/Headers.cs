using System.Buffers.Text;
using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction.Secrets;

/// <summary>Recognises credentials in HTTP headers.</summary>
internal ref struct Headers
{
    private const int MaxToken = 2048;
    private const int MaxGap = 4;
    private const int MaxCookies = 8192;

    private int _cookiesReadUpTo;

    public static void RecogniseScheme(in Scene scene, int at)
    {
        ReadOnlySpan<byte> text = scene.Text;
        if (!scene.IsStart(at))
            return;
        int length = (text[at + 1] | 0x20) == 'a' ? 5 : 6;
        int start = at + length;
        while (start < text.Length && start - at < length + MaxGap && " :=`\"'"u8.Contains(text[start]))
            start++;
        if (start == at + length)
            return;
        int end = start;
        while (end < text.Length && end - start < MaxToken && (char.IsAsciiLetterOrDigit((char)text[end]) || "._~+/=-"u8.Contains(text[end])))
            end++;
        ReadOnlySpan<byte> token = text[start..end];
        if (length == 5 ? IsUserAndPassword(token) : Plausibility.IsSecret(token, Grade.Strong, Link.Assignment, quoted: true))
            scene.Add(start, end, "authorization", Certainty.Format);
    }

    public void RecogniseCookies(in Scene scene, int at)
    {
        ReadOnlySpan<byte> text = scene.Text;
        int colon = at + "cookie".Length;
        if (at < _cookiesReadUpTo || colon >= text.Length || text[colon] != ':')
            return;
        ReadOnlySpan<byte> line = text[colon..Math.Min(text.Length, colon + MaxCookies)];
        int length = line.IndexOfAny("\r\n\"'"u8);
        int end = _cookiesReadUpTo = colon + (length < 0 ? line.Length : length);
        foreach (Range part in text[(colon + 1)..end].Split((byte)';'))
        {
            ReadOnlySpan<byte> pair = text[(colon + 1)..end][part];
            int equals = pair.IndexOf((byte)'=');
            if (equals < 0 || !Plausibility.IsSecret(pair[(equals + 1)..], Grade.Weak, Link.Assignment, quoted: true))
                continue;
            int start = colon + 1 + part.Start.Value;
            scene.Add(start + equals + 1, start + pair.Length, "cookie", Certainty.Context);
        }
    }

    private static bool IsUserAndPassword(ReadOnlySpan<byte> token)
    {
        Span<byte> decoded = stackalloc byte[256];
        return token.Length is >= 8 and < 300 && Base64.DecodeFromUtf8(token, decoded, out _, out int written) == System.Buffers.OperationStatus.Done
            && decoded[..written].Contains((byte)':');
    }
}
