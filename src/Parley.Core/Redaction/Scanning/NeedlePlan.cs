namespace Parley.Core.Redaction.Scanning;

/// <summary>Which bytes of a needle are its fingerprint and which of the 16 buckets it shares.</summary>
/// <param name="Offset">Where in the needle the fingerprint begins.</param>
/// <param name="Bucket">0 to 15.</param>
internal readonly record struct NeedlePlan(int Offset, int Bucket)
{
    /// <summary>How many buckets there are.</summary>
    public const int Buckets = 16;
}
