using System.Numerics;
using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Tests.Redaction;

/// <summary>
/// Chooses each needle's fingerprint and bucket so that text hits as few buckets by chance as possible. A bucket is hit by all
/// combinations of its needles' nibbles, so needles belong together that share bytes: they begin as a cluster each, the two that cost
/// least together are merged until 16 are left, and then single needles move as long as that helps.
/// </summary>
internal static class NeedlePlanner
{
    private const int MaxRounds = 30;

    public static NeedlePlan[] Plan(IReadOnlyList<Needle> needles)
    {
        int[] offsets = [.. needles.Select(ByteFrequency.RarestWindow)];
        int[] clusters = Merge([.. needles.Select((needle, n) => Cluster.Of(needle, offsets[n]))]);
        NeedlePlan[] plan = [.. offsets.Select((offset, n) => new NeedlePlan(offset, clusters[n]))];
        for (int round = 0; round < MaxRounds && Improve(needles, plan); round++)
        {
        }
        return plan;
    }

    // For each needle the number of its cluster, 0 to 15.
    private static int[] Merge(Cluster[] clusters)
    {
        int[] parent = [.. Enumerable.Range(0, clusters.Length)];
        var alive = new List<int>(parent);
        var costs = new double[clusters.Length, clusters.Length];
        foreach (int a in alive)
        {
            foreach (int b in alive)
                costs[a, b] = a < b ? Cost(a, b) : double.MaxValue;
        }
        while (alive.Count > NeedlePlan.Buckets)
        {
            (int into, int gone) = Cheapest(alive, costs);
            clusters[into] = clusters[into] | clusters[gone];
            alive.Remove(gone);
            for (int n = 0; n < parent.Length; n++)
                parent[n] = parent[n] == gone ? into : parent[n];
            foreach (int other in alive.Where(other => other != into))
                costs[Math.Min(into, other), Math.Max(into, other)] = Cost(into, other);
        }
        return [.. parent.Select(cluster => alive.IndexOf(cluster))];

        double Cost(int a, int b) => (clusters[a] | clusters[b]).Likelihood - clusters[a].Likelihood - clusters[b].Likelihood;
    }

    private static (int Into, int Gone) Cheapest(List<int> alive, double[,] costs)
    {
        (int Into, int Gone) best = (alive[0], alive[1]);
        for (int i = 0; i < alive.Count; i++)
        {
            for (int j = i + 1; j < alive.Count; j++)
            {
                if (costs[alive[i], alive[j]] < costs[best.Into, best.Gone])
                    best = (alive[i], alive[j]);
            }
        }
        return best;
    }

    // Moves each needle to the place where it costs least; false when none moved.
    private static bool Improve(IReadOnlyList<Needle> needles, NeedlePlan[] plan)
    {
        bool moved = false;
        for (int n = 0; n < plan.Length; n++)
        {
            NeedlePlan best = plan[n];
            double least = double.MaxValue;
            for (int bucket = 0; bucket < NeedlePlan.Buckets; bucket++)
            {
                Cluster others = Cluster.All(needles, plan, bucket, except: n);
                for (int offset = 0; offset == 0 || offset + 4 <= needles[n].Text.Length; offset++)
                {
                    double cost = (others | Cluster.Of(needles[n], offset)).Likelihood - others.Likelihood;
                    if (cost < least * 0.999)
                        (least, best) = (cost, new NeedlePlan(offset, bucket));
                }
            }
            moved |= best != plan[n];
            plan[n] = best;
        }
        return moved;
    }

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
