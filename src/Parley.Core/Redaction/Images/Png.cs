using System.Buffers;
using System.Buffers.Binary;

namespace Parley.Core.Redaction.Images;

/// <summary>PNG is a row of chunks, of which those with text, times and camera data are left out (W3C PNG, third edition, 11.3.3 to 11.3.4).</summary>
internal static class Png
{
    private const int Signature = 8;
    private const int Frame = 12; // length, type and checksum

    /// <returns>False when the image is malformed.</returns>
    public static bool Clean(ReadOnlySpan<byte> image, IBufferWriter<byte> output)
    {
        if (image.Length < Signature)
            return false;
        output.Write(image[..Signature]);
        for (int at = Signature; at + Frame <= image.Length;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(image[at..]);
            if (length > image.Length - at - Frame)
                return false;
            ReadOnlySpan<byte> chunk = image.Slice(at, (int)length + Frame), type = chunk.Slice(4, 4);
            if (!type.SequenceEqual("tEXt"u8) && !type.SequenceEqual("zTXt"u8) && !type.SequenceEqual("iTXt"u8) && !type.SequenceEqual("eXIf"u8) && !type.SequenceEqual("tIME"u8))
                output.Write(chunk);
            if (type.SequenceEqual("IEND"u8))
                return true; // what follows the end belongs to no image
            at += chunk.Length;
        }
        return false;
    }
}
