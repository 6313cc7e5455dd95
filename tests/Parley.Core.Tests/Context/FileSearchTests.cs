using Parley.Core.Context;
using Xunit;

namespace Parley.Core.Tests.Context;

/// <summary>What a model is shown of files: excerpts, paths by patterns, and lines that were searched for.</summary>
public sealed class FileSearchTests
{
    [Theory]
    [InlineData("*.ts", "src/a.ts", true)]
    [InlineData("*.ts", "src/a.tsx", false)]
    [InlineData("src/*.ts", "src/a.ts", true)]
    [InlineData("src/*.ts", "src/deep/a.ts", false)]
    [InlineData("src/**/*.ts", "src/a.ts", true)]
    [InlineData("src/**/*.ts", "src/deep/er/a.ts", true)]
    [InlineData("**/a.ts", "a.ts", true)]
    [InlineData("src/**", "src/deep/a.ts", true)]
    [InlineData("a?c.{md,txt}", "abc.txt", true)]
    [InlineData("a.c", "abc", false)]
    [InlineData("(a)+", "(a)+", true)]
    public void Patterns_fit_paths(string pattern, string path, bool fits) => Assert.Equal(fits, PathPattern.Parse(pattern)!.Matches(path));

    [Fact]
    public void A_pattern_that_is_none_is_null()
    {
        Assert.Null(PathPattern.Parse(""));
        Assert.Null(PathPattern.Parse("{a"));
        Assert.Null(PathPattern.Parse(new string('a', PathPattern.MaxCharacters + 1)));
    }

    [Fact]
    public void A_long_file_is_shown_in_parts_that_follow_each_other()
    {
        string text = string.Concat(Enumerable.Range(1, FileExcerpt.MaxLines + 1).Select(i => $"line {i}\n"));

        string first = FileExcerpt.Of(text, 1, int.MaxValue), second = FileExcerpt.Of(text, FileExcerpt.MaxLines + 1, int.MaxValue);

        Assert.EndsWith($"(Lines 1 to {FileExcerpt.MaxLines} of {FileExcerpt.MaxLines + 1}. The next one is at offset {FileExcerpt.MaxLines + 1}.)\n", first, StringComparison.Ordinal);
        Assert.Equal($"  {FileExcerpt.MaxLines + 1}\tline {FileExcerpt.MaxLines + 1}\n", second);
    }

    [Fact]
    public void Long_lines_are_cut_and_an_excerpt_is_bounded()
    {
        string text = string.Concat(Enumerable.Repeat(new string('x', 10_000) + "\n", 200));

        string excerpt = FileExcerpt.Of(text, 1, int.MaxValue);

        Assert.InRange(excerpt.Length, 1, FileExcerpt.MaxCharacters + 2 * FileExcerpt.LineCharacters);
        Assert.DoesNotContain(new string('x', FileExcerpt.LineCharacters + 1), excerpt, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_there_is_said()
    {
        Assert.Equal("(The file is empty.)", FileExcerpt.Of("", 1, 10));
        Assert.Equal("(The file has 2 lines.)", FileExcerpt.Of("a\nb\n", 9, 10));
        Assert.Equal("     1\ta\n     2\tb\n", FileExcerpt.Of("a\r\nb", 1, 10));
    }

    [Fact]
    public void A_search_ends_when_it_has_found_enough()
    {
        FileSearch search = FileSearch.Parse("x", ignoresCase: false).Search!;

        Assert.False(search.Look("a.txt", string.Concat(Enumerable.Repeat("x\n", FileSearch.MaxMatches + 5))));
        Assert.Equal((FileSearch.MaxMatches, true), (search.Matches, search.IsFull));
    }
}
