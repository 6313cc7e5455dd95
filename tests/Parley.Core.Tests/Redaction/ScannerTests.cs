using System.Text;
using Parley.Core.Redaction.Scanning;
using Parley.Core.Redaction.Secrets;
using Xunit;

namespace Parley.Core.Tests.Redaction;

/// <summary>Holds the scanner against a slow and simple one, on vectors of each width.</summary>
public sealed class ScannerTests
{
    private const string FewLetters = "aAbBkK-_=\n";

    /// <summary>The widths this processor has, and 0 for none.</summary>
    public static TheoryData<int> Widths => [.. new[] { 0, 16, 32, 64 }.Where(width => width <= Teddy.VectorSize)];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Finds_what_a_simple_search_finds_whatever_the_needles_and_the_text(int width)
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            Needle[] needles = [.. Enumerable.Range(0, random.Next(1, 60)).Select(i => RandomNeedle(random, i))];
            var teddy = new Teddy(needles, RandomPlan(random, needles));
            byte[] text = Bytes(random, random.Next(0, 400));

            Assert.Equal(Expected(text, needles), Found(teddy, text, width));
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Finds_the_needles_of_all_rules_at_every_place_of_a_vector(int width)
    {
        for (int n = 0; n < SecretNeedles.All.Length; n += 7)
        {
            for (int at = 0; at < 130; at++)
            {
                byte[] text = Encoding.UTF8.GetBytes(new string('.', at) + Encoding.UTF8.GetString(SecretNeedles.All[n].Text) + new string('.', 130 - at));

                Assert.Contains(new Hit(at, n), Found(SecretNeedles.Teddy, text, width));
            }
        }
    }

    [Fact]
    public void Text_shorter_than_a_fingerprint_is_no_obstacle()
    {
        foreach (string text in new[] { "", "k", "ke", "key" })
            Assert.Equal(text == "key" ? 1 : 0, Found(SecretNeedles.Teddy, Encoding.ASCII.GetBytes(text), Teddy.VectorSize).Length);
    }

    private static Hit[] Found(Teddy teddy, byte[] text, int width)
    {
        var hits = new Pile<Hit>();
        teddy.Find(text, hits, width);
        var all = new List<Hit>();
        foreach (Hit hit in hits)
            all.Add(hit);
        return [.. all.OrderBy(hit => hit.Start).ThenBy(hit => hit.Needle)];
    }

    private static Hit[] Expected(byte[] text, Needle[] needles) =>
    [
        .. from start in Enumerable.Range(0, text.Length)
           from n in Enumerable.Range(0, needles.Length)
           where start + needles[n].Text.Length <= text.Length
               && needles[n].Text.Select((c, i) => needles[n].IgnoreCase ? Lower(text[start + i]) == c : text[start + i] == c).All(same => same)
           select new Hit(start, n),
    ];

    private static byte Lower(byte c) => c is >= (byte)'A' and <= (byte)'Z' ? (byte)(c | 0x20) : c;

    private static Needle RandomNeedle(Random random, int tag)
    {
        bool ignoreCase = random.Next(2) == 0;
        byte[] text = Bytes(random, random.Next(3, 9));
        return new Needle(ignoreCase ? [.. text.Select(Lower)] : text, ignoreCase, tag);
    }

    private static NeedlePlan[] RandomPlan(Random random, Needle[] needles) =>
        [.. needles.Select(needle => new NeedlePlan(random.Next(Math.Max(1, needle.Text.Length - 3)), random.Next(NeedlePlan.Buckets)))];

    private static byte[] Bytes(Random random, int length) => [.. Enumerable.Range(0, length).Select(_ => (byte)FewLetters[random.Next(FewLetters.Length)])];
}
