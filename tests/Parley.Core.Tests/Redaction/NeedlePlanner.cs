using System.Buffers;
using System.Numerics;
using System.Text;
using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Tests.Redaction;

/// <summary>
/// Chooses each needle's fingerprint and bucket so that text hits as few buckets by chance as possible. A bucket is hit by all
/// combinations of its needles' nibbles, so needles belong together that share rare bytes at the same place: those whose fingerprint can
/// end in an underscore, in a hyphen, and so on. Words have nothing rare and are spread thinly.
/// </summary>
internal static class NeedlePlanner
{
    private static readonly SearchValues<char> Capitals = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    private const int FirstOfWords = 10;

    public static NeedlePlan[] Plan(IReadOnlyList<Needle> needles)
    {
        var plan = new NeedlePlan[needles.Count];
        for (int n = 0; n < plan.Length; n++)
            plan[n] = ByRareByte(needles[n]) ?? new NeedlePlan(ByteFrequency.RarestWindow(needles[n]), NeedlePlan.Buckets);
        for (int n = 0; n < plan.Length; n++)
        {
            if (plan[n].Bucket == NeedlePlan.Buckets)
                plan[n] = Cheapest(needles, plan, n, FirstOfWords);
        }
        return plan;
    }

    // Null for a word, which has no rare byte to be known by.
    private static NeedlePlan? ByRareByte(Needle needle)
    {
        string text = Encoding.ASCII.GetString(needle.Text);
        if (text.Length == 3)
            return new NeedlePlan(0, OfThreeBytes(text, needle.IgnoreCase));
        foreach ((char last, int bucket) in new[] { ('_', 2), ('-', 3), ('.', 4) })
        {
            if (text.IndexOf(last, 3) is >= 3 and var at)
                return new NeedlePlan(at - 3, last == '_' && char.IsAsciiLetterUpper(text[at - 1]) ? 5 : bucket);
        }
        for (int at = 0; at + 4 <= text.Length; at++)
        {
            if (text.AsSpan(at, 4).IndexOfAnyExcept(Capitals) < 0)
                return new NeedlePlan(at, 5);
        }
        return null;
    }

    // Three bytes leave the fourth open for all that share their bucket.
    private static int OfThreeBytes(string text, bool ignoreCase) => text switch
    {
        _ when ignoreCase => 0,
        [_, _, '_' or '-' or '.'] when char.IsAsciiLetterLower(text[0]) => 7,
        [_, _, >= '0' and <= '9'] => 6,
        [>= 'A' and <= 'Z', ..] => 8,
        [>= 'a' and <= 'z', ..] => 9,
        _ => 1,
    };

    private static NeedlePlan Cheapest(IReadOnlyList<Needle> needles, NeedlePlan[] plan, int n, int firstBucket)
    {
        NeedlePlan best = plan[n];
        double least = double.MaxValue;
        for (int bucket = firstBucket; bucket < NeedlePlan.Buckets; bucket++)
        {
            Cluster others = Cluster.All(needles, plan, bucket, except: n);
            for (int offset = 0; offset == 0 || offset + 4 <= needles[n].Text.Length; offset++)
            {
                double cost = Weight(others | Cluster.Of(needles[n], offset)) - Weight(others);
                if (cost < least * 0.999)
                    (least, best) = (cost, new NeedlePlan(offset, bucket));
            }
        }
        return best;
    }

    // More than proportional: otherwise all would move into one bucket that is hit all the time anyway.
    private static double Weight(Cluster cluster) => Math.Pow(cluster.Likelihood, 1.6);

    /// <summary>For each of the four positions the sets of lower and upper nibbles that occur there, 16 bits each.</summary>
    private readonly record struct Cluster(ulong Lower, ulong Upper)
    {
        private static readonly double[] ShareOfNibbles = Shares();

        /// <summary>The likelihood that four bytes of text hit the cluster, were bytes independent.</summary>
        public double Likelihood
        {
            get
            {
                if (Lower == 0)
                    return 0;
                double product = 1;
                for (int p = 0; p < 4; p++)
                {
                    double share = 0;
                    int lower = (int)(Lower >> p * 16 & 0xFFFF);
                    for (int upper = 0; upper < 16; upper++)
                        share += (Upper >> (p * 16 + upper) & 1) != 0 ? ShareOfNibbles[upper << 16 | lower] : 0;
                    product *= share;
                }
                return product;
            }
        }

        public static Cluster operator |(Cluster a, Cluster b) => new(a.Lower | b.Lower, a.Upper | b.Upper);

        public static Cluster Of(Needle needle, int offset)
        {
            (ulong lower, ulong upper) = (0, 0);
            for (int p = 0; p < 4; p++)
            {
                bool isOpen = offset + p >= needle.Text.Length;
                byte c = isOpen ? (byte)0 : needle.Text[offset + p];
                bool bothCases = needle.IgnoreCase && char.IsAsciiLetterLower((char)c);
                lower |= (isOpen ? 0xFFFF : 1ul << (c & 15)) << p * 16;
                upper |= (isOpen ? 0xFFFF : 1ul << (c >> 4) | (bothCases ? 1ul << ((c & ~0x20) >> 4) : 0)) << p * 16;
            }
            return new(lower, upper);
        }

        public static Cluster All(IReadOnlyList<Needle> needles, NeedlePlan[] plan, int bucket, int except)
        {
            var all = new Cluster();
            for (int n = 0; n < plan.Length; n++)
            {
                if (plan[n].Bucket == bucket && n != except)
                    all |= Of(needles[n], plan[n].Offset);
            }
            return all;
        }

        // For each upper nibble and each set of lower nibbles, the share of the bytes made of them.
        private static double[] Shares()
        {
            var shares = new double[16 << 16];
            for (int upper = 0; upper < 16; upper++)
            {
                for (int set = 1; set < 1 << 16; set++)
                {
                    int lower = BitOperations.TrailingZeroCount(set);
                    shares[upper << 16 | set] = shares[upper << 16 | set & (set - 1)] + ByteFrequency.Of((byte)(upper << 4 | lower), ignoreCase: false);
                }
            }
            return shares;
        }
    }
}
