using System.Numerics;

namespace Parley.Core.Redaction.Secrets;

/// <summary>A set of ASCII characters.</summary>
internal readonly record struct ByteSet(ulong Low, ulong High)
{
    private const ulong UpperCase = 0x07FF_FFFE;
    private const ulong LowerCase = UpperCase << 32;

    public static ByteSet Of(char c) => c < 64 ? new(1ul << c, 0) : new(0, 1ul << (c - 64));

    public static ByteSet Range(char from, char to)
    {
        var set = new ByteSet();
        for (int c = from; c <= to; c++)
            set |= Of((char)c);
        return set;
    }

    public static ByteSet operator |(ByteSet a, ByteSet b) => new(a.Low | b.Low, a.High | b.High);

    public bool Contains(byte c) => c < 128 && ((c < 64 ? Low : High) >> (c & 63) & 1) != 0;

    public int Count => BitOperations.PopCount(Low) + BitOperations.PopCount(High);

    /// <summary>The set with the other case of each letter in it.</summary>
    public ByteSet InBothCases => new(Low, High | (High & LowerCase) >> 32 | (High & UpperCase) << 32);

    /// <summary>The only member, in lower case when it is a letter in both; null when there are none or several.</summary>
    public byte? Letter
    {
        get
        {
            ulong high = (High & UpperCase) << 32 == (High & LowerCase) ? High & ~UpperCase : High;
            if (ulong.PopCount(Low) + ulong.PopCount(high) != 1)
                return null;
            return (byte)(Low != 0 ? ulong.TrailingZeroCount(Low) : 64 + ulong.TrailingZeroCount(high));
        }
    }
}
