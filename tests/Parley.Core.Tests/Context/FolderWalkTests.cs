using Parley.Core.Context;
using Xunit;

namespace Parley.Core.Tests.Context;

/// <summary>Which files of a folder a snapshot looks at.</summary>
public sealed class FolderWalkTests : IDisposable
{
    private readonly ProjectFiles _project = new();

    public void Dispose() => _project.Dispose();

    [Fact]
    public void Files_come_in_the_order_of_their_names_and_without_what_is_gits_own()
    {
        _project.With("b.txt").With("a/z.txt").With("a/b/c.txt").With(".git/config").With("a/.git/config");

        Assert.Equal(["a/b/c.txt", "a/z.txt", "b.txt"], _project.Walk());
    }

    [Fact]
    public void A_folder_of_the_project_is_walked_alone()
    {
        _project.With("server/src/service/a.ts").With("server/src/other.ts");

        Assert.Equal(["a.ts"], _project.Walk("server/src/service"));
    }

    [Fact]
    public void Ignore_rules_of_every_folder_hold_below_it()
    {
        _project.With(".gitignore", "*.log\n/build/\n").With("a.log").With("build/x").With("sub/build/y").With("sub/b.log")
            .With("sub/.gitignore", "secret.txt\n!keep.log\n").With("sub/secret.txt").With("sub/keep.log").With("secret.txt");

        Assert.Equal([".gitignore", "secret.txt", "sub/.gitignore", "sub/build/y", "sub/keep.log"], _project.Walk());
    }

    [Fact]
    public void Rules_above_the_folder_hold_in_it()
    {
        _project.With(".gitignore", "*.log\n").With("server/.gitignore", "tmp/\n").With("server/src/a.log").With("server/src/tmp/b").With("server/src/c");

        Assert.Equal(["c"], _project.Walk("server/src"));
    }

    [Fact]
    public void Rules_that_are_no_part_of_the_project_hold_too()
    {
        _project.With(".git/info/exclude", "notes/\n").With("notes/mine.txt").With("a.txt");

        Assert.Equal(["a.txt"], _project.Walk());
    }

    [Fact]
    public void What_is_in_an_ignored_folder_is_not_let_in_again()
    {
        _project.With(".gitignore", "build/\n!build/keep.txt\n").With("build/keep.txt").With("build/.gitignore", "!keep.txt\n");

        Assert.Equal([".gitignore"], _project.Walk());
    }

    [Theory]
    [InlineData("build")]
    [InlineData("build/deep")]
    public void An_ignored_folder_is_not_walked_even_when_it_is_asked_for(string folder)
    {
        _project.With(".gitignore", "build/\n").With("build/deep/a.txt");

        Assert.Null(FolderWalk.Of(_project.Project, folder, default));
    }

    [Fact]
    public void Rules_that_make_no_sense_are_passed_over()
    {
        _project.With(".gitignore", "[\na[\n\\\n!\n# comment\n\n*.log\n").With("a.log").With("[");

        Assert.Equal([".gitignore", "["], _project.Walk());
    }

    [Fact]
    public void Links_are_seen_and_not_followed()
    {
        File.WriteAllText(Path.Combine(_project.Outside, "outside.txt"), "outside");
        Directory.CreateDirectory(Path.Combine(_project.Outside, "elsewhere", "deep"));
        File.WriteAllText(Path.Combine(_project.Outside, "elsewhere", "deep", "hidden.txt"), "hidden");
        _project.With("a.txt").WithLink("link.txt", "../outside.txt").WithLink("folder", "../elsewhere").WithLink("circle", ".");

        WalkedFile[] files = [.. FolderWalk.Of(_project.Project, ContextPath.Root, default)!];

        Assert.Equal(["a.txt", "circle", "folder", "link.txt"], files.Select(file => file.Path));
        Assert.Equal([false, true, true, true], files.Select(file => file.IsLink));
    }

    [Theory]
    [InlineData("src", "src")]
    [InlineData("./src/", "src")]
    [InlineData("src/../src/deep", "src/deep")]
    [InlineData("project/src", "src")]
    [InlineData(".", ".")]
    [InlineData("..", null)]
    [InlineData("../elsewhere", null)]
    [InlineData("/etc", null)]
    [InlineData("nothing", null)]
    [InlineData("out", null)]
    public void A_folder_is_one_of_the_project_or_none(string path, string? name)
    {
        Directory.CreateDirectory(Path.Combine(_project.Outside, "elsewhere"));
        _project.With("src/deep/a.txt").WithLink("out", "../elsewhere");

        Assert.Equal(name, ProjectFolder.Find(_project.Project, _project.Project, path));
    }

    [Fact]
    public void A_folder_is_found_from_where_one_is()
    {
        _project.With("server/src/a.txt");

        Assert.Equal("server/src", ProjectFolder.Find(_project.Project, Path.Combine(_project.Project, "server"), "src"));
        Assert.Equal(_project.Project, ProjectFolder.RepositoryOf(Path.Combine(_project.Project, "server", "src")));
    }
}
