using FsCheck;
using FsCheck.Fluent;
using Parley.Core.Context;
using Xunit;

namespace Parley.Core.Tests.Context;

/// <summary>What a file of a snapshot may be called, and how such names are joined and looked up.</summary>
public sealed class ContextPathTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("src/app/[id]/page (1).tsx")]
    [InlineData(".github/workflows/ci.yml")]
    [InlineData("Übersicht/日本語.md")]
    [InlineData("emoji 😀.txt")]
    [InlineData("a..b/...")]
    public void Names_that_files_have_are_valid(string path) => Assert.True(ContextPath.IsValid(path));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/../b")]
    [InlineData("a/./b")]
    [InlineData("C:/a")]
    [InlineData("a\\b")]
    [InlineData("a\nb")]
    [InlineData("a\0")]
    [InlineData("a\u202eb")]
    [InlineData("a\u0085b")]
    public void Names_that_lead_elsewhere_or_show_as_something_else_are_not(string? path) => Assert.False(ContextPath.IsValid(path));

    [Fact]
    public void Half_of_a_surrogate_pair_is_not_valid() =>
        Assert.All((string[])["a\ud83d", "\ude00a", "\ud83d\ud83d\ude00"], path => Assert.False(ContextPath.IsValid(path)));

    [Fact]
    public void The_longest_name_has_512_characters()
    {
        Assert.True(ContextPath.IsValid(new string('a', ContextLimits.PathCharacters)));
        Assert.False(ContextPath.IsValid(new string('a', ContextLimits.PathCharacters + 1)));
    }

    [Fact]
    public void No_valid_path_leaves_the_folder_that_it_is_put_below() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2_000),
        Prop.ForAll(Paths(), path =>
        {
            string folder = OperatingSystem.IsWindows() ? @"C:\folder" : "/folder";
            return !ContextPath.IsValid(path) || Path.GetFullPath(Path.Combine(folder, path)).StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        }));

    [Fact]
    public void What_is_joined_is_found_again_below_its_resource_and_no_other() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2_000),
        Prop.ForAll(Paths(), Paths(), (resource, path) =>
            !ContextPath.IsName(resource) || !ContextPath.IsValid(path)
            || ContextPath.Below(resource, ContextPath.Join(resource, path)) == path
                && (resource == ContextPath.Root || ContextPath.Below(resource + "x", ContextPath.Join(resource, path)) is null)));

    [Theory]
    [InlineData("./a/b/", "a/b")]
    [InlineData(" a ", "a")]
    [InlineData("", ".")]
    [InlineData("./", ".")]
    [InlineData("/", "/")]
    [InlineData("../a", "../a")]
    [InlineData("/etc/passwd", "/etc/passwd")]
    public void Tidying_resolves_nothing(string place, string tidy) => Assert.Equal(tidy, ContextPath.Tidy(place));

    private static Arbitrary<string> Paths() => Gen.Elements("a", "b.c", ".", "..", "", "C:", "é", " ", "\\", "...")
        .ListOf().Select(parts => string.Join('/', parts)).ToArbitrary();
}
