using System.Buffers;
using System.Buffers.Text;
using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction.Secrets;

/// <summary>Recognises private keys in PEM and PuTTY form, also indented, numbered, on one line or without their end.</summary>
internal ref struct PrivateKeys
{
    private int _readUpTo;

    // Up to here no end line begins: what was searched for one key is not searched for the next.
    private int _endSearched;

    private const int MaxLength = 65_536;
    private const int MinDistinct = 12;
    private const int MaxLabel = 80;
    private const int EncodedLabel = 36;
    private const string Rule = "private-key";

    public void RecognisePem(in Scene scene, int at)
    {
        ReadOnlySpan<byte> text = scene.Text[at..Math.Min(scene.Text.Length, at + MaxLength)];
        int label = text[10..Math.Min(text.Length, MaxLabel)].IndexOf("-----"u8);
        if (label < 0 || text.Slice(10, label).IndexOf("PRIVATE KEY"u8) < 0)
            return;
        int body = 10 + label + 5;
        int end = EndLine(scene.Text, at + body, at + text.Length) is >= 0 and var line ? line - at : BodyEnd(text, body);
        if (!IsVaried(text[body..end]))
            return;
        int start = FirstLine(text, body);
        if (start > body)
            scene.Add(at + start, at + LastLine(text, start, end), Rule, Certainty.Format);
        else
            scene.Add(at, at + EndOfLabel(text, end), Rule, Certainty.Format);
    }

    /// <summary>For the beginning of PEM in base64, which a certificate shares: it is read on to what it is.</summary>
    public void RecogniseEncodedPem(in Scene scene, int at)
    {
        if (at < _readUpTo)
            return;
        ReadOnlySpan<byte> text = scene.Text[at..Math.Min(scene.Text.Length, at + MaxLength)];
        Span<byte> label = stackalloc byte[EncodedLabel / 4 * 3];
        if (text.Length < EncodedLabel || Base64.DecodeFromUtf8(text[..EncodedLabel], label, out _, out _) != OperationStatus.Done || label.IndexOf("PRIVATE"u8) < 0)
            return;
        _readUpTo = at + BodyEnd(text, 0);
        scene.Add(at, _readUpTo, Rule, Certainty.Format);
    }

    public static void RecognisePutty(in Scene scene, int at)
    {
        ReadOnlySpan<byte> text = scene.Text[at..Math.Min(scene.Text.Length, at + MaxLength)];
        int line = text.IndexOf((byte)'\n');
        if (line >= 0)
            scene.Add(at + line + 1, at + BodyEnd(text, line + 1), Rule, Certainty.Format);
    }

    // The first end line from a place on; -1 when there is none before the limit. Places must be asked for in their order.
    private int EndLine(ReadOnlySpan<byte> text, int from, int limit)
    {
        from = Math.Max(from, _endSearched);
        int found = from < limit ? text[from..limit].IndexOf(EndMark) : -1;
        _endSearched = found < 0 ? Math.Max(from, limit - EndMark.Length + 1) : from + found;
        return found < 0 ? -1 : _endSearched;
    }

    private static ReadOnlySpan<byte> EndMark => "-----END "u8;

    // A key's first line already has enough different characters.
    private static bool IsVaried(ReadOnlySpan<byte> body)
    {
        var seen = new ByteSet();
        foreach (byte c in body)
        {
            if (c >= 128 || seen.Contains(c))
                continue;
            seen |= ByteSet.Of((char)c);
            if (seen.Count >= MinDistinct)
                return true;
        }
        return false;
    }

    // On lines of its own the key goes and its frame stays, to show what stood there; on one line all of it goes, as a value does.
    private static int FirstLine(ReadOnlySpan<byte> text, int body)
    {
        int start = body;
        while (start < text.Length && text[start] is (byte)'\r' or (byte)' ')
            start++;
        return start < text.Length && text[start] == '\n' ? start + 1 : body;
    }

    private static int LastLine(ReadOnlySpan<byte> text, int start, int end)
    {
        int line = text[start..end].LastIndexOf((byte)'\n');
        return line > 0 && end < text.Length && text[end] == '-' ? start + line : end;
    }

    private static int EndOfLabel(ReadOnlySpan<byte> text, int end)
    {
        int label = end + EndMark.Length;
        return label < text.Length && text[end] == '-' && text[label..Math.Min(text.Length, label + MaxLabel)].IndexOf("-----"u8) is >= 0 and var tail ? label + tail + 5 : end;
    }

    // Without an end line the key goes on while what follows is base64, spaces, line numbers and quotes.
    private static int BodyEnd(ReadOnlySpan<byte> text, int from)
    {
        int end = from;
        for (int at = from; at < text.Length;)
        {
            int n = at;
            while (n < text.Length && (char.IsAsciiLetterOrDigit((char)text[n]) || text[n] is (byte)'+' or (byte)'/' or (byte)'='))
                n++;
            if (n - at >= 16 || n > at && end == from)
                end = n;
            if (n - at is > 0 and < 8 && !char.IsAsciiDigit((char)text[at]))
                break;
            while (n < text.Length && (text[n] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t' or (byte)'+' or (byte)'-' or (byte)'"' or (byte)'|' || text[n] >= 128))
                n++;
            if (n == at)
                break;
            at = n;
        }
        return end;
    }
}
