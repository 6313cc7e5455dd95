using System.Buffers;

namespace Parley.Core.Redaction.Images;

/// <summary>GIF is a row of blocks, of which comments and applications' data are left out, but for how often an animation is shown (GIF89a, 15 to 26).</summary>
internal static class Gif
{
    private const int Header = 13;
    private const int Descriptor = 10;
    private const byte Extension = 0x21, Image = 0x2C, Trailer = 0x3B, Comment = 0xFE, Application = 0xFF;

    /// <returns>False when the image is malformed.</returns>
    public static bool Clean(ReadOnlySpan<byte> image, IBufferWriter<byte> output)
    {
        if (image.Length < Header)
            return false;
        int at = Header + ColoursLength(image[10]);
        if (at > image.Length)
            return false;
        output.Write(image[..at]);
        while (at < image.Length)
        {
            if (image[at] == Trailer)
            {
                output.Write(image.Slice(at, 1));
                return true;
            }
            int end = BlockEnd(image, at);
            if (end < 0)
                return false;
            if (!IsMetadata(image[at..end]))
                output.Write(image[at..end]);
            at = end;
        }
        return false;
    }

    private static int ColoursLength(byte flags) => (flags & 0x80) == 0 ? 0 : 3 << (flags & 7) + 1;

    private static int BlockEnd(ReadOnlySpan<byte> image, int at)
    {
        int data = image[at] switch
        {
            Extension => at + 2,
            Image when at + Descriptor <= image.Length => at + Descriptor + ColoursLength(image[at + 9]) + 1,
            _ => image.Length,
        };
        // Pieces with their lengths before them, up to one of length 0.
        while (data < image.Length && image[data] != 0)
            data += image[data] + 1;
        return data < image.Length ? data + 1 : -1;
    }

    private static bool IsMetadata(ReadOnlySpan<byte> block) =>
        block is [Extension, Comment, ..] || block is [Extension, Application, ..] && block[2..].IndexOf("NETSCAPE2.0"u8) != 1 && block[2..].IndexOf("ANIMEXTS1.0"u8) != 1;
}
