using System.Buffers;
using System.Text;
using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Tests.Redaction;

/// <summary>
/// Chooses each needle's fingerprint and bucket so that text hits as few buckets by chance as possible. A bucket is hit by all
/// combinations of its needles' nibbles, and one that everything hits takes in any other needle for nothing, so none may start like that. At
/// first those share one that have the same rare byte, and words are in none; then each needle moves to where it adds the fewest hits in a
/// sample of text, until hardly any moves.
/// </summary>
internal sealed class NeedlePlanner
{
    private const int SampleSize = 24_000;
    private const int MaxRounds = 4;
    private const int None = -1;

    private static readonly SearchValues<char> Capitals = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    private readonly IReadOnlyList<Needle> _needles;
    private readonly NeedlePlan[] _plan;
    private readonly uint[] _sample;

    private NeedlePlanner(IReadOnlyList<Needle> needles, byte[] text)
    {
        _needles = needles;
        _plan = [.. needles.Select(needle => ByRareByte(needle) ?? new NeedlePlan(0, None))];
        int step = Math.Max(1, text.Length / SampleSize);
        _sample = [.. Enumerable.Range(0, (text.Length - 4) / step).Select(i => BitConverter.ToUInt32(text, i * step))];
    }

    /// <summary>The plan for needles that are to be looked for in texts like this one.</summary>
    public static NeedlePlan[] Plan(IReadOnlyList<Needle> needles, byte[] text)
    {
        var planner = new NeedlePlanner(needles, text);
        for (int round = 0; round < MaxRounds && planner.MoveEach() > needles.Count / 100; round++)
            continue;
        return planner._plan;
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

    private int MoveEach()
    {
        int moved = 0;
        for (int n = 0; n < _plan.Length; n++)
        {
            NeedlePlan best = Best(n);
            moved += best != _plan[n] ? 1 : 0;
            _plan[n] = best;
        }
        return moved;
    }

    private NeedlePlan Best(int n)
    {
        (NeedlePlan best, double least) = (_plan[n], double.MaxValue);
        for (int bucket = 0; bucket < NeedlePlan.Buckets; bucket++)
        {
            Cluster others = Others(bucket, except: n);
            int before = others.Hits(_sample);
            for (int offset = 0; offset == 0 || offset + 4 <= _needles[n].Text.Length; offset++)
            {
                // Of equal places the one with the rarest bytes, since the sample is small.
                double cost = (others | Cluster.Of(_needles[n], offset)).Hits(_sample) - before + ByteFrequency.Likelihood(_needles[n], offset);
                if (cost < least)
                    (best, least) = (new NeedlePlan(offset, bucket), cost);
            }
        }
        return best;
    }

    private Cluster Others(int bucket, int except)
    {
        var all = new Cluster();
        for (int n = 0; n < _plan.Length; n++)
        {
            if (_plan[n].Bucket == bucket && n != except)
                all |= Cluster.Of(_needles[n], _plan[n].Offset);
        }
        return all;
    }

    /// <summary>For each of the four positions the sets of lower and upper nibbles that occur there, 16 bits each.</summary>
    private readonly record struct Cluster(ulong Lower, ulong Upper)
    {
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

        /// <summary>How many of the fingerprints hit it.</summary>
        public int Hits(uint[] fingerprints)
        {
            int hits = 0;
            foreach (uint four in fingerprints)
            {
                bool hit = true;
                for (int p = 0; p < 4 && hit; p++)
                {
                    int c = (int)(four >> p * 8) & 0xFF;
                    hit = (Lower >> (p * 16 + (c & 15)) & Upper >> (p * 16 + (c >> 4)) & 1) != 0;
                }
                hits += hit ? 1 : 0;
            }
            return hits;
        }
    }
}
