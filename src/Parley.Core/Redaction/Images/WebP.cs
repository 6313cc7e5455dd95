using System.Buffers;
using System.Buffers.Binary;

namespace Parley.Core.Redaction.Images;

/// <summary>WebP is a row of RIFF chunks, of which EXIF and XMP are left out, and not announced (RFC 9649, 2.7).</summary>
internal static class WebP
{
    private const int Header = 12;
    private const int Frame = 8; // name and length
    private const byte Announced = 0x0C;

    /// <returns>False when the image is malformed.</returns>
    public static bool Clean(ReadOnlySpan<byte> image, IBufferWriter<byte> output)
    {
        if (image.Length < Header || !image[8..].StartsWith("WEBP"u8))
            return false;
        var chunks = new ArrayBufferWriter<byte>(image.Length);
        long total = Math.Min(image.Length, BinaryPrimitives.ReadUInt32LittleEndian(image[4..]) + 8L);
        int at = Header;
        while (at + Frame <= total)
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(image[(at + 4)..]);
            long end = at + Frame + length + (length & 1);
            if (end > total)
                return false;
            Write(image[at..(int)end], chunks);
            at = (int)end;
        }
        Span<byte> header = output.GetSpan(Header)[..Header];
        image[..Header].CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], (uint)chunks.WrittenCount + 4);
        output.Advance(Header);
        output.Write(chunks.WrittenSpan);
        return at == total;
    }

    private static void Write(ReadOnlySpan<byte> chunk, ArrayBufferWriter<byte> output)
    {
        if (chunk.StartsWith("EXIF"u8) || chunk.StartsWith("XMP "u8))
            return;
        int start = output.WrittenCount;
        output.Write(chunk);
        if (chunk.StartsWith("VP8X"u8) && chunk.Length > Frame)
            System.Runtime.InteropServices.MemoryMarshal.AsMemory(output.WrittenMemory).Span[start + Frame] &= unchecked((byte)~Announced);
    }
}
