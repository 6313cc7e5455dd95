using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction.Secrets;

/// <summary>Recognises the secret half of an AWS key by what it has nothing else to be known by: it stands near its access key id.</summary>
internal static class AwsSecrets
{
    private const int Length = 40;
    private const int MaxBefore = 120, MaxAfter = 200;

    /// <summary>Looks around an access key id for a run of exactly 40 characters of base64 that is no hash.</summary>
    public static void RecogniseNear(in Scene scene, int start, int end)
    {
        int from = Math.Max(0, start - MaxBefore), to = Math.Min(scene.Text.Length, end + MaxAfter);
        for (int at = from; at < to;)
        {
            int run = at;
            while (run < to && IsPart(scene.Text[run]))
                run++;
            bool isWhole = (at > 0 || from == 0) && (at == 0 || !IsPart(scene.Text[at - 1]));
            if (run - at == Length && isWhole && IsRandom(scene.Text[at..run]))
                scene.Add(at, run, "aws-secret-key", Certainty.Format);
            at = run + 1;
        }
    }

    private static bool IsPart(byte c) => char.IsAsciiLetterOrDigit((char)c) || c is (byte)'+' or (byte)'/';

    private static bool IsRandom(ReadOnlySpan<byte> run) => new Traits(run) is { Digits: > 0, Uppercase: > 3, Lowercase: > 3, WordShare: < 0.4 };
}
