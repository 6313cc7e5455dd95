using System.Buffers.Binary;
using System.Text;

namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>
/// Turns ids of any form and length (uuids, message ids, tool call ids) into 128-bit values, so that an index of a million lines holds no
/// strings. It isn't a cryptographic hash: who writes ids that meet spoils the display of their own transcript.
/// </summary>
internal static class IdHash
{
    public static UInt128 Of(string id) => Of(Encoding.UTF8.GetBytes(id));

    public static UInt128 Of(ReadOnlySpan<byte> id)
    {
        ulong a = 0x9E3779B97F4A7C15 ^ (ulong)id.Length, b = 0xD6E8FEB86659FD93;
        for (; id.Length >= sizeof(ulong); id = id[sizeof(ulong)..])
            (a, b) = Mix(a, b, BinaryPrimitives.ReadUInt64LittleEndian(id));
        ulong rest = 0;
        foreach (byte one in id)
            rest = rest << 8 | one;
        (a, b) = Mix(a, b, rest);
        (a, b) = Mix(a, b, 0);
        return new UInt128(a, b);
    }

    /// <summary>The value with two more numbers in it.</summary>
    public static UInt128 Mix(UInt128 value, ulong first, ulong second)
    {
        (ulong a, ulong b) = Mix((ulong)(value >> 64), (ulong)value, first);
        (a, b) = Mix(a, b, second);
        return new UInt128(a, b);
    }

    private static (ulong A, ulong B) Mix(ulong a, ulong b, ulong word) =>
        (Fold(a ^ word, 0xA0761D6478BD642F), ulong.RotateLeft(b, 29) + Fold(b ^ word, 0xE7037ED1A0B428DB));

    private static ulong Fold(ulong x, ulong y)
    {
        ulong high = Math.BigMul(x, y, out ulong low);
        return high ^ low ^ ulong.RotateLeft(x, 31);
    }
}
