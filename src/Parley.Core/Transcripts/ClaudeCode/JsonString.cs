using System.Text;
using System.Text.Json;
using Parley.Core.Sessions;

namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>A JSON string as it stands in a file, between its quotes.</summary>
internal static class JsonString
{
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
