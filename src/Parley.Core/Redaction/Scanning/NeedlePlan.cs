namespace Parley.Core.Redaction.Scanning;

/// <summary>Which bytes of a needle are its fingerprint and which of the 16 buckets it shares.</summary>
/// <param name="Offset">Where in the needle the fingerprint begins.</param>
/// <param name="Bucket">0 to 15.</param>
internal readonly record struct NeedlePlan(int Offset, int Bucket)
{
    /// <summary>How many buckets there are.</summary>
    public const int Buckets = 16;

    /// <summary>A plan that is made at once, for a few needles: those with similar first bytes share a bucket.</summary>
    public static NeedlePlan[] Quick(IReadOnlyList<Needle> needles)
    {
        var plan = new NeedlePlan[needles.Count];
        for (int n = 0; n < plan.Length; n++)
            plan[n] = new NeedlePlan(ByteFrequency.RarestWindow(needles[n]), 0);
        int[] order = new int[plan.Length], keys = new int[plan.Length];
        for (int n = 0; n < plan.Length; n++)
        {
            byte first = needles[n].Text[plan[n].Offset];
            (order[n], keys[n]) = (n, (first & 15) << 8 | first);
        }
        Array.Sort(keys, order);
        for (int rank = 0; rank < order.Length; rank++)
            plan[order[rank]] = plan[order[rank]] with { Bucket = rank * Buckets / order.Length };
        return plan;
    }
}
