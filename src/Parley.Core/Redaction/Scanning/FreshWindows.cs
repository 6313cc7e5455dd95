using System.Buffers.Binary;

namespace Parley.Core.Redaction.Scanning;

/// <summary>
/// Plans needles that come one by one: each is known by the four bytes that the fewest needles before it have, and of these by the rarest. So
/// needles that are much alike, as a hostile text could make them, are not all compared at each place where one may stand.
/// </summary>
internal sealed class FreshWindows
{
    private const int MaxOffset = 128;

    private readonly Dictionary<int, int> _used = [];

    /// <summary>The plan for the next needle.</summary>
    public NeedlePlan Plan(Needle needle)
    {
        int best = 0, least = int.MaxValue;
        for (int at = 0; at == 0 || at < MaxOffset && at + 4 <= needle.Text.Length; at++)
        {
            int used = _used.GetValueOrDefault(Key(needle, at));
            if (used < least || used == least && ByteFrequency.Likelihood(needle, at) < ByteFrequency.Likelihood(needle, best))
                (best, least) = (at, used);
        }
        _used[Key(needle, best)] = least + 1;
        return new NeedlePlan(best, needle.Text[best] % NeedlePlan.Buckets);
    }

    private static int Key(Needle needle, int at) => needle.Text.Length - at < 4 ? 0 : BinaryPrimitives.ReadInt32LittleEndian(needle.Text.AsSpan(at));
}
