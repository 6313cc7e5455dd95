using System.Text;

namespace Parley.Core.Redaction.Scanning;

/// <summary>Compares the needles that share a fingerprint with the text around a place where Teddy saw it.</summary>
internal sealed class NeedleIndex
{
    private readonly IReadOnlyList<Needle> _needles;
    private readonly IReadOnlyList<NeedlePlan> _plan;
    private readonly int[] _first;
    private readonly int[] _next;

    public NeedleIndex(IReadOnlyList<Needle> needles, IReadOnlyList<NeedlePlan> plan)
    {
        _needles = needles;
        _plan = plan;
        _first = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(64, needles.Count * 4))];
        _next = new int[needles.Count];
        Array.Fill(_first, -1);
        for (int n = needles.Count - 1; n >= 0; n--)
        {
            ReadOnlySpan<byte> text = needles[n].Text;
            int slot = Slot(Fingerprint(text, plan[n].Offset, text.Length - plan[n].Offset >= 4 ? 4 : 3));
            _next[n] = _first[slot];
            _first[slot] = n;
        }
    }

    /// <summary>Adds the needles whose fingerprint begins at <paramref name="at"/> and that stand there in full.</summary>
    public void Compare(ReadOnlySpan<byte> text, int at, List<Hit> hits)
    {
        if (text.Length - at >= 4)
            Compare(text, at, Fingerprint(text, at, 4), hits);
        if (text.Length - at >= 3)
            Compare(text, at, Fingerprint(text, at, 3), hits);
    }

    private void Compare(ReadOnlySpan<byte> text, int at, uint fingerprint, List<Hit> hits)
    {
        int width = fingerprint >> 24 == 0 ? 3 : 4;
        for (int n = _first[Slot(fingerprint)]; n >= 0; n = _next[n])
        {
            Needle needle = _needles[n];
            int offset = _plan[n].Offset, start = at - offset;
            if (Math.Min(needle.Text.Length - offset, 4) != width || start < 0 || start + needle.Text.Length > text.Length)
                continue;
            ReadOnlySpan<byte> there = text.Slice(start, needle.Text.Length);
            if (needle.IgnoreCase ? Ascii.EqualsIgnoreCase(there, needle.Text) : there.SequenceEqual(needle.Text))
                hits.Add(new Hit(start, n));
        }
    }

    // Letters are folded to lower case, which maps some other characters onto each other too; the comparison tells them apart.
    private static uint Fingerprint(ReadOnlySpan<byte> text, int at, int width)
    {
        uint bytes = text[at] | (uint)text[at + 1] << 8 | (uint)text[at + 2] << 16;
        return width == 4 ? bytes | (uint)text[at + 3] << 24 | 0x20202020 : bytes | 0x202020;
    }

    private int Slot(uint fingerprint) => (int)(fingerprint * 2654435761u >> 12) & (_first.Length - 1);
}
