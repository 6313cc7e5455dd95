using System.Buffers.Binary;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text.Json;
using Parley.Core.Sessions;

namespace Parley.Core.Rendering;

/// <summary>An image of an entry: what its first bytes say it is, whatever its sender called it.</summary>
/// <param name="MediaType">One of <c>image/png</c>, <c>image/jpeg</c>, <c>image/gif</c>, <c>image/webp</c>.</param>
/// <param name="Width">In pixels; zero when the header doesn't say.</param>
/// <param name="Height">In pixels; zero when the header doesn't say.</param>
public readonly record struct ImageInfo(string MediaType, int Width, int Height);

/// <summary>
/// The images of an entry, numbered from 0 in order of appearance, those inside tool results included. Only four raster formats exist here:
/// an SVG can hold script and is never an image.
/// </summary>
public static class Images
{
    /// <summary>How much of a file is looked at for its size: a JPEG's stands after its metadata.</summary>
    private const int HeaderBytes = 48 * 1024;

    /// <summary>The bytes of an image and what they are; null when there is no such image or it is of no known format.</summary>
    public static (byte[] Bytes, ImageInfo Info)? Find(Entry entry, int index)
    {
        using JsonDocument document = JsonDocument.Parse(entry.Blocks, Json.Options);
        foreach (JsonElement block in All(document.RootElement))
        {
            if (index-- == 0)
                return Decode(block) is { } bytes && Sniff(bytes) is { } info ? (bytes, info) : null;
        }
        return null;
    }

    /// <summary>The format of an image by its first bytes; null for everything else.</summary>
    public static ImageInfo? Sniff(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]))
            return file.Length < 24 ? new("image/png", 0, 0)
                : Sized("image/png", BinaryPrimitives.ReadInt32BigEndian(file[16..]), BinaryPrimitives.ReadInt32BigEndian(file[20..]));
        if (file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8))
            return file.Length < 10 ? new("image/gif", 0, 0)
                : Sized("image/gif", BinaryPrimitives.ReadUInt16LittleEndian(file[6..]), BinaryPrimitives.ReadUInt16LittleEndian(file[8..]));
        if (file.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8, 0xff]))
            return Jpeg(file);
        return file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8) ? WebP(file) : null;
    }

    /// <summary>The image blocks of an entry, in the order that numbers them.</summary>
    internal static IEnumerable<JsonElement> All(JsonElement blocks)
    {
        foreach (JsonElement block in blocks.EnumerateArray())
        {
            switch (block.String("type"))
            {
                case "image":
                    yield return block;
                    break;
                case "tool_result":
                    foreach (JsonElement inner in block.Objects("content").Where(b => b.String("type") == "image"))
                        yield return inner;
                    break;
            }
        }
    }

    /// <summary>What an image block holds, judged by the beginning of its data.</summary>
    internal static ImageInfo? Peek(JsonElement block)
    {
        if (Data(block) is not { } data)
            return null;
        ReadOnlySpan<byte> base64 = JsonMarshal.GetRawUtf8Value(data)[1..^1];
        var header = new byte[HeaderBytes];
        Base64.DecodeFromUtf8(base64[..Math.Min(base64.Length, HeaderBytes / 3 * 4)], header, out _, out int written, isFinalBlock: false);
        return Sniff(header.AsSpan(0, written));
    }

    private static JsonElement? Data(JsonElement block) =>
        block.Member("source") is { } source && source.String("type") == "base64" && source.Member("data") is { ValueKind: JsonValueKind.String } data
            ? data : null;

    private static byte[]? Decode(JsonElement block) => Data(block) is { } data && data.TryGetBytesFromBase64(out byte[]? bytes) ? bytes : null;

    private static ImageInfo Sized(string type, int width, int height) =>
        width is > 0 and <= ushort.MaxValue && height is > 0 and <= ushort.MaxValue ? new(type, width, height) : new(type, 0, 0);

    // Segments: FF marker, two bytes of length; the frame header (SOF0-SOF15 but DHT, JPG and DAC) holds height and width.
    private static ImageInfo Jpeg(ReadOnlySpan<byte> file)
    {
        for (int at = 2; at + 9 < file.Length && file[at] == 0xff;)
        {
            byte marker = file[at + 1];
            if (marker is >= 0xc0 and <= 0xcf and not (0xc4 or 0xc8 or 0xcc))
                return Sized("image/jpeg", BinaryPrimitives.ReadUInt16BigEndian(file[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(file[(at + 5)..]));
            at += 2 + BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
        }
        return new("image/jpeg", 0, 0);
    }

    // Three kinds of first chunk: lossy (VP8), lossless (VP8L), extended (VP8X).
    private static ImageInfo WebP(ReadOnlySpan<byte> file)
    {
        if (file.Length < 30)
            return new("image/webp", 0, 0);
        ReadOnlySpan<byte> chunk = file[12..];
        if (chunk.StartsWith("VP8 "u8))
            return Sized("image/webp", BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]) & 0x3fff, BinaryPrimitives.ReadUInt16LittleEndian(chunk[16..]) & 0x3fff);
        if (chunk.StartsWith("VP8L"u8))
        {
            uint bits = BinaryPrimitives.ReadUInt32LittleEndian(chunk[9..]);
            return Sized("image/webp", (int)(bits & 0x3fff) + 1, (int)((bits >> 14) & 0x3fff) + 1);
        }
        return chunk.StartsWith("VP8X"u8) ? Sized("image/webp", Int24(chunk[12..]) + 1, Int24(chunk[15..]) + 1) : new("image/webp", 0, 0);

        static int Int24(ReadOnlySpan<byte> b) => b[0] | b[1] << 8 | b[2] << 16;
    }
}
