using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Parley.Core.Redaction.Images;

/// <summary>
/// Takes the text that cameras, editors and screenshot tools write into images out of the images in a JSON value: places, names, comments,
/// histories. What is drawn stays as it is, and so does an image that is not as its format demands.
/// </summary>
internal static class ImageMetadata
{
    /// <summary>The rule's name in reports.</summary>
    public const string Rule = "image-metadata";

    /// <summary>Writes the value with its images cleaned.</summary>
    /// <param name="json">The value, in which images are strings of base64, as in the content blocks of messages.</param>
    /// <param name="output">Receives the value, if it changes.</param>
    /// <returns>How many bytes were taken out of each image that changed; empty when none did and nothing has been written.</returns>
    public static IReadOnlyList<int> Remove(ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        // What reads JSON stands by itself: it is not even loaded for text without images.
        return json.IndexOf("base64"u8) < 0 ? [] : RemoveFromStrings(json, output);
    }

    private static List<int> RemoveFromStrings(ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        List<int> removed = [];
        int copied = 0;
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = JsonTokens.MaxDepth });
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.String || Clean(ref reader) is not { } image)
                    continue;
                int start = (int)reader.TokenStartIndex + 1;
                output.Write(json[copied..start]);
                int length = Base64.EncodeToUtf8(image.Bytes, output.GetSpan(Base64.GetMaxEncodedToUtf8Length(image.Bytes.Length)), out _, out int written) == OperationStatus.Done ? written : 0;
                output.Advance(length);
                copied = start + reader.ValueSpan.Length;
                removed.Add(image.Removed);
            }
        }
        catch (JsonException)
        {
            // What is not JSON is redacted as text.
        }
        if (removed.Count > 0)
            output.Write(json[copied..]);
        return removed;
    }

    /// <summary>The image without its metadata; null when it has none, is of another kind, or is malformed.</summary>
    public static byte[]? Remove(ReadOnlySpan<byte> image)
    {
        if (image.IsEmpty)
            return null;
        var cleaned = new ArrayBufferWriter<byte>(image.Length);
        bool isWhole = image switch
        {
            [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => Png.Clean(image, cleaned),
            [0xFF, 0xD8, ..] => Jpeg.Clean(image, cleaned),
            [(byte)'G', (byte)'I', (byte)'F', ..] => Gif.Clean(image, cleaned),
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', ..] => WebP.Clean(image, cleaned),
            _ => false,
        };
        return isWhole && cleaned.WrittenCount != image.Length ? cleaned.WrittenSpan.ToArray() : null;
    }

    private static (byte[] Bytes, int Removed)? Clean(ref Utf8JsonReader reader)
    {
        ReadOnlySpan<byte> text = reader.ValueSpan;
        // How PNG, JPEG, GIF and RIFF begin in base64.
        if (!text.StartsWith("iVBORw0K"u8) && !text.StartsWith("/9j/"u8) && !text.StartsWith("\\/9j"u8) && !text.StartsWith("R0lGOD"u8) && !text.StartsWith("UklGR"u8))
            return null;
        return reader.TryGetBytesFromBase64(out byte[]? image) && Remove(image) is { } cleaned ? (cleaned, image.Length - cleaned.Length) : null;
    }
}
