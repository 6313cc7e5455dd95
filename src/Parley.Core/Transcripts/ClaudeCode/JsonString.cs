using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Parley.Core.Sessions;

namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>A JSON string as it stands in a file, between its quotes.</summary>
internal static class JsonString
{
    /// <summary>Whether the text begins with these ASCII characters; some writers escape <c>&lt;</c> as <c>\u003c</c>.</summary>
    public static bool StartsWith(ReadOnlySpan<byte> quoted, ReadOnlySpan<byte> beginning)
    {
        if (quoted.IsEmpty)
            return false;
        ReadOnlySpan<byte> text = quoted[1..];
        foreach (byte expected in beginning)
        {
            int length = text.StartsWith("\\u00"u8) && text.Length >= 6 ? 6 : 1;
            bool isExpected = length == 1
                ? !text.IsEmpty && text[0] == expected
                : Utf8Parser.TryParse(text.Slice(4, 2), out byte escaped, out int read, 'x') && read == 2 && escaped == expected;
            if (!isExpected)
                return false;
            text = text[length..];
        }
        return true;
    }

    /// <summary>The text of it; what is malformed in it stays as it is.</summary>
    public static string Decode(ReadOnlySpan<byte> quoted)
    {
        if (quoted.Length <= 2)
            return "";
        try
        {
            var json = new Utf8JsonReader(quoted);
            json.Read();
            return JsonText.GetString(ref json);
        }
        catch (JsonException)
        {
            return Encoding.UTF8.GetString(quoted[1..^1]);
        }
    }
}

/// <summary>The last value of a text that most lines repeat: it is decoded only when it differs from the line before.</summary>
internal sealed class RepeatedText
{
    private byte[] _raw = [];

    public string? Value { get; private set; }

    public void See(ReadOnlySpan<byte> quoted)
    {
        if (quoted.Length <= 2 || quoted.SequenceEqual(_raw))
            return;
        _raw = quoted.ToArray();
        Value = JsonString.Decode(quoted);
    }
}
