namespace Parley.Core.Redaction.Scanning;

/// <summary>Which bytes of a needle are its fingerprint and which of the 16 buckets it shares.</summary>
/// <param name="Offset">Where in the needle the fingerprint begins.</param>
/// <param name="Bucket">0 to 15.</param>
internal readonly record struct NeedlePlan(int Offset, int Bucket)
{
    /// <summary>How many buckets there are.</summary>
    public const int Buckets = 16;

    /// <summary>A plan that is made at once, for a few needles: those whose first bytes have the same lower nibble share a bucket.</summary>
    public static NeedlePlan[] Quick(Needle[] needles)
    {
        var plan = new NeedlePlan[needles.Length];
        for (int n = 0; n < plan.Length; n++)
        {
            int offset = ByteFrequency.RarestWindow(needles[n]);
            plan[n] = new NeedlePlan(offset, needles[n].Text[offset] % Buckets);
        }
        return plan;
    }
}
