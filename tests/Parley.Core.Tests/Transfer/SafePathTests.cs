using FsCheck;
using FsCheck.Fluent;
using Parley.Core.Transfer;
using Xunit;

namespace Parley.Core.Tests.Transfer;

/// <summary>For any name: a path strictly below the folder, or a refusal by name. The names of attacks are in <see cref="HostileSenderTests"/>.</summary>
public sealed class SafePathTests
{
    private static readonly string Folder = Path.Combine(Path.GetTempPath(), "parley-no-such-folder");

    private static readonly string[] Pieces =
        ["..", ".", "/", "\\", ":", "~", "a", "B", "con", "NUL", "com1", ".jsonl", " ", "\0", "\n", "\u202e", "\uff0f", "\u2044", "\u0301", "%2e", "$", "session", "-", "*", "\ud800", new('x', 60)];

    [Theory]
    [InlineData("session.jsonl")]
    [InlineData("subagents/agent-a1b2.jsonl")]
    [InlineData("subagents/workflows/w1/agent-a1.meta.json")]
    [InlineData("tool-results/mcp-server-tool_1 (2).txt")]
    [InlineData("console.txt")]
    [InlineData("com.txt")]
    public void What_sessions_call_their_files_is_safe(string name) =>
        Assert.Equal(Path.Combine([Folder, .. name.Split('/')]), SafePath.Below(Folder, name));

    [Fact]
    public void The_longest_and_the_deepest_name_are_safe_and_no_longer_or_deeper_one()
    {
        string longest = new string('a', 100) + "/" + new string('b', TransferLimits.NameCharacters - 101);
        string deepest = string.Join('/', Enumerable.Repeat("a", TransferLimits.NameDepth));
        Assert.True(SafePath.IsSafe(longest) && SafePath.IsSafe(deepest));
        Assert.False(SafePath.IsSafe(longest + "b") || SafePath.IsSafe(deepest + "/a"));
    }

    [Fact]
    public void Any_name_stays_below_its_folder_or_is_refused() =>
        Prop.ForAll(ArbMap.Default.GeneratorFor<string>().Select(name => name ?? "").ToArbitrary(), StaysBelow).QuickCheckThrowOnFailure();

    [Fact]
    public void Names_of_nasty_pieces_stay_below_their_folder_or_are_refused() =>
        Prop.ForAll(Gen.Elements(Pieces).ListOf().Select(string.Concat).ToArbitrary(), StaysBelow).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));

    [Fact]
    public void No_two_safe_names_of_a_session_are_one_file_on_a_system_without_case()
    {
        var random = new Random(7);
        for (int run = 0; run < 500; run++)
        {
            var names = new SafeNames();
            List<string> taken = [];
            for (int i = 0; i < 30; i++)
            {
                string name = string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(3) == 0 ? "/" : random.Next(2) == 0 ? "a" : "A")).Trim('/');
                try
                {
                    names.Add(name);
                    taken.Add(name.ToLowerInvariant());
                }
                catch (TransferException e) when (e.Failure == TransferFailure.UnsafeName)
                {
                }
            }
            Assert.Distinct(taken);
            Assert.DoesNotContain(taken, file => taken.Any(other => other.StartsWith(file + "/", StringComparison.Ordinal)));
        }
    }

    private static bool StaysBelow(string name)
    {
        try
        {
            string path = SafePath.Below(Folder, name);
            return SafePath.IsSafe(name)
                && path.StartsWith(Folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)
                && path == Path.GetFullPath(path)
                && Path.GetRelativePath(Folder, path).Replace(Path.DirectorySeparatorChar, '/') == name;
        }
        catch (TransferException e)
        {
            return e.Failure == TransferFailure.UnsafeName && !SafePath.IsSafe(name) && !e.Message.Any(char.IsControl);
        }
    }
}
