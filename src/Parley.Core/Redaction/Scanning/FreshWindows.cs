using System.Buffers.Binary;

namespace Parley.Core.Redaction.Scanning;

/// <summary>
/// Plans needles that come one by one: each is known by the four bytes that the fewest needles before it have, and of these by the rarest. So
/// needles that are alike are seldom compared at the same place.
/// </summary>
internal sealed class FreshWindows
{
    /// <summary>So many needles may have a fingerprint in common, and be compared wherever it stands.</summary>
    public const int MaxAlike = 4;

    private const int MaxOffset = 128;

    private readonly Dictionary<int, int> _used = [];

    /// <summary>The plan for the next needle.</summary>
    public NeedlePlan Plan(Needle needle)
    {
        TryPlan(needle, int.MaxValue, out NeedlePlan plan);
        return plan;
    }

    /// <summary>
    /// The same, unless each four bytes of it are the fingerprint of <see cref="MaxAlike"/> others. Hostile text makes such needles; what is random
    /// has bytes of its own.
    /// </summary>
    public bool TryPlan(Needle needle, out NeedlePlan plan) => TryPlan(needle, MaxAlike, out plan);

    private bool TryPlan(Needle needle, int maxAlike, out NeedlePlan plan)
    {
        int best = 0, least = int.MaxValue;
        for (int at = 0; at == 0 || at < MaxOffset && at + 4 <= needle.Text.Length; at++)
        {
            _used.TryGetValue(Key(needle, at), out int used);
            if (used < least || used == least && ByteFrequency.Likelihood(needle, at) < ByteFrequency.Likelihood(needle, best))
                (best, least) = (at, used);
        }
        plan = new NeedlePlan(best, needle.Text[best] % NeedlePlan.Buckets);
        if (least >= maxAlike)
            return false;
        _used[Key(needle, best)] = least + 1;
        return true;
    }

    private static int Key(Needle needle, int at) => needle.Text.Length - at < 4 ? 0 : BinaryPrimitives.ReadInt32LittleEndian(needle.Text.AsSpan(at));
}
