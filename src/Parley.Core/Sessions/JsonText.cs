using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Parley.Core.Sessions;

/// <summary>How Parley reads and writes JSON text that strangers produced: lone surrogates and deep nesting are data, not errors.</summary>
public static class JsonText
{
    /// <summary>Nesting that is still read; what goes deeper is refused or kept as unsupported by its reader.</summary>
    public const int MaxDepth = 512;

    /// <summary>Escapes only what JSON requires: the result is never put into HTML without being escaped there.</summary>
    public static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>
    /// The current string or member name, decoded. A lone surrogate becomes U+FFFD, and so do bytes that are not UTF-8, where
    /// <see cref="Utf8JsonReader.GetString"/> would throw.
    /// </summary>
    public static string GetString(ref Utf8JsonReader json)
    {
        try
        {
            return json.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            return DecodeLeniently(json.HasValueSequence ? json.ValueSequence.ToArray() : json.ValueSpan);
        }
    }

    /// <summary>UTC with milliseconds and a Z, e.g. <c>2026-02-26T18:00:00.000Z</c>.</summary>
    public static string Timestamp(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>An ISO 8601 time; null for anything else.</summary>
    public static DateTimeOffset? ParseTimestamp(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time.ToUniversalTime()
            : null;

    /// <summary>Blocks of an entry: one object with these members, without those that are null.</summary>
    public static ReadOnlyMemory<byte> Block(params ReadOnlySpan<(string Name, string? Value)> members)
    {
        var blocks = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(blocks, new JsonWriterOptions { Encoder = Encoder });
        json.WriteStartArray();
        json.WriteStartObject();
        foreach ((string name, string? value) in members)
        {
            if (value is not null)
                json.WriteString(name, value);
        }
        json.WriteEndObject();
        json.WriteEndArray();
        json.Flush();
        return blocks.WrittenMemory;
    }

    // The reader has checked the escapes' form, so a backslash is never the last byte and \u has four hexadecimal digits after it.
    private static string DecodeLeniently(ReadOnlySpan<byte> raw)
    {
        var text = new StringBuilder(raw.Length);
        while (raw.IndexOf((byte)'\\') is var at and >= 0)
        {
            text.Append(Encoding.UTF8.GetString(raw[..at]));
            byte escaped = raw[at + 1];
            if (escaped == 'u')
            {
                text.Append((char)ushort.Parse(raw.Slice(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                raw = raw[(at + 6)..];
                continue;
            }
            text.Append(escaped switch { (byte)'n' => '\n', (byte)'r' => '\r', (byte)'t' => '\t', (byte)'b' => '\b', (byte)'f' => '\f', _ => (char)escaped });
            raw = raw[(at + 2)..];
        }
        text.Append(Encoding.UTF8.GetString(raw));
        ReplaceLoneSurrogates(text);
        return text.ToString();
    }

    private static void ReplaceLoneSurrogates(StringBuilder text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else
                text[i] = '\uFFFD';
        }
    }
}
