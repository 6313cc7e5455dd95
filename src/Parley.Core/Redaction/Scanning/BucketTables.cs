namespace Parley.Core.Redaction.Scanning;

/// <summary>
/// Which of the 16 buckets have a needle with a certain nibble at a certain position of its fingerprint. Four tables of 16 for each of the
/// four positions: buckets 0-7 by lower and by upper nibble, then buckets 8-15 likewise.
/// </summary>
internal sealed class BucketTables
{
    public const int Positions = 4;

    private const int TablesEach = 4;
    private const int Nibbles = 16;

    // A table is repeated to fill the widest vector.
    private const int Stride = 64;

    private readonly byte[] _tables = new byte[Positions * TablesEach * Stride];

    public BucketTables(Needle[] needles, NeedlePlan[] plan)
    {
        for (int n = 0; n < needles.Length; n++)
        {
            for (int p = 0; p < Positions; p++)
                Add(needles[n], plan[n], p);
        }
        for (int i = Nibbles; i < _tables.Length; i++)
        {
            if (i % Stride >= Nibbles)
                _tables[i] = _tables[i - Nibbles];
        }
    }

    /// <summary>The beginning of a table, which is repeated for 64 bytes.</summary>
    public ref byte Of(int position, int table) => ref _tables[(position * TablesEach + table) * Stride];

    private void Add(Needle needle, NeedlePlan plan, int position)
    {
        int at = plan.Offset + position, table = plan.Bucket / 8 * 2;
        byte bucket = (byte)(1 << plan.Bucket % 8);
        if (at >= needle.Text.Length)
        {
            for (int nibble = 0; nibble < Nibbles; nibble++)
                Add(nibble, nibble);
            return;
        }
        byte c = needle.Text[at];
        Add(c & 15, c >> 4);
        if (needle.IgnoreCase && char.IsAsciiLetterLower((char)c))
            Add(c & 15, (c & ~0x20) >> 4);

        void Add(int lower, int upper)
        {
            Entry(position, table, lower) |= bucket;
            Entry(position, table + 1, upper) |= bucket;
        }
    }

    private ref byte Entry(int position, int table, int nibble) => ref _tables[(position * TablesEach + table) * Stride + nibble];
}
