using System.Buffers;
using System.Buffers.Binary;

namespace Parley.Core.Redaction.Images;

/// <summary>
/// JPEG is a row of segments up to the first scan. Comments and the segments of applications are left out, but for those that say how the
/// pixels are to be read: JFIF, colour profiles and Adobe's transform. Of EXIF the orientation stays (ITU-T T.81 B.1, CIPA DC-008).
/// </summary>
internal static class Jpeg
{
    private const byte Comment = 0xFE, StartOfScan = 0xDA, Jfif = 0xE0, Exif = 0xE1, Profile = 0xE2, Adobe = 0xEE, LastApplication = 0xEF;
    private const int Frame = 4; // marker and length
    private const ushort Orientation = 0x0112;

    /// <returns>False when the image is malformed.</returns>
    public static bool Clean(ReadOnlySpan<byte> image, IBufferWriter<byte> output)
    {
        output.Write(image[..2]);
        for (int at = 2; at + Frame <= image.Length;)
        {
            byte marker = image[at + 1];
            int length = BinaryPrimitives.ReadUInt16BigEndian(image[(at + 2)..]) + 2;
            if (image[at] != 0xFF || length < Frame || length > image.Length - at)
                return false;
            if (marker == StartOfScan)
            {
                output.Write(image[at..]);
                return true;
            }
            ReadOnlySpan<byte> segment = image.Slice(at, length);
            if (marker is Jfif or Profile or Adobe || marker is not (Comment or (>= Jfif and <= LastApplication)))
                output.Write(segment);
            else if (marker == Exif && OrientationOf(segment) is > 1 and <= 8 and var orientation)
                output.Write(OnlyOrientation((byte)orientation));
            at += length;
        }
        return false;
    }

    // Of the first directory of the TIFF structure behind "Exif\0\0"; 0 when it is not there.
    private static int OrientationOf(ReadOnlySpan<byte> segment)
    {
        if (segment.Length < Frame + 14 || !segment[Frame..].StartsWith("Exif\0\0"u8))
            return 0;
        ReadOnlySpan<byte> tiff = segment[(Frame + 6)..];
        bool little = tiff[0] == 'I';
        uint directory = little ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (directory + 2ul > (ulong)tiff.Length)
            return 0;
        int count = Number(tiff[(int)directory..], little);
        for (int entry = (int)directory + 2; count-- > 0 && entry + 12 <= tiff.Length; entry += 12)
        {
            if (Number(tiff[entry..], little) == Orientation)
                return Number(tiff[(entry + 8)..], little);
        }
        return 0;
    }

    private static ushort Number(ReadOnlySpan<byte> bytes, bool little) => little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    // A TIFF structure of one directory with one entry.
    private static byte[] OnlyOrientation(byte value) =>
        [0xFF, Exif, 0, 34, .. "Exif\0\0MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, value, 0, 0, 0, 0, 0, 0];
}
