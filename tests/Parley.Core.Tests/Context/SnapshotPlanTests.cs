using System.Security.Cryptography;
using System.Text;
using Parley.Core.Context;
using Xunit;

namespace Parley.Core.Tests.Context;

/// <summary>What of a folder goes along, and what stays and why.</summary>
public sealed class SnapshotPlanTests : IDisposable
{
    private readonly ProjectFiles _project = new();

    public void Dispose() => _project.Dispose();

    [Fact]
    public void A_file_goes_along_with_its_digest_and_size()
    {
        PlannedFile file = Assert.Single(_project.With("a.txt", "hello\n").Plan().Files);

        Assert.Equal(("a.txt", Convert.ToHexStringLower(SHA256.HashData("hello\n"u8)), 6), (file.Path, file.Sha256, file.Size));
    }

    [Fact]
    public void A_file_with_a_secret_stays_wherever_it_is_and_whatever_it_is_called()
    {
        _project.With("src/harmless.ts", $"const key = \"{ProjectFiles.FakeToken()}\";\n").With(".env", "COLOUR=blue\n");

        SnapshotPlan plan = _project.Plan();

        Assert.Equal(new LeftOut("src/harmless.ts", LeftOutReason.Secrets), Assert.Single(plan.LeftOut));
        Assert.Equal([".env"], plan.Files.Select(file => file.Path));
    }

    [Fact]
    public void It_goes_along_when_it_was_chosen_by_its_name_and_no_other_does()
    {
        _project.With("a.env", $"TOKEN={ProjectFiles.FakeToken()}").With("b.env", $"TOKEN={ProjectFiles.FakeToken()}");

        SnapshotPlan plan = _project.Plan(ContextPath.Root, "a.env");

        Assert.Equal(("a.env", true), (plan.Files.Single().Path, plan.Files.Single().IsChosen));
        Assert.Equal(["b.env"], plan.LeftOut.Select(file => file.Path));
    }

    [Fact]
    public void Choosing_a_file_lets_nothing_in_but_secrets()
    {
        _project.With("a.bin", "a\0b").WithLink("link", "/etc/hostname").With("large", new byte[ContextLimits.FileBytes + 1]);

        SnapshotPlan plan = _project.Plan(ContextPath.Root, "a.bin", "link", "large");

        Assert.Empty(plan.Files);
        Assert.Equal(
            [new("a.bin", LeftOutReason.Binary), new("large", LeftOutReason.TooLarge), new("link", LeftOutReason.Link)],
            plan.LeftOut);
    }

    [Fact]
    public void What_has_been_redacted_is_no_secret()
    {
        Assert.Single(_project.With("a.txt", "password = [REDACTED:password]\nAuthorization: Bearer [REDACTED:bearer-token]\n").Plan().Files);
    }

    [Theory]
    [InlineData(ContextLimits.FileBytes, true)]
    [InlineData(ContextLimits.FileBytes + 1, false)]
    public void A_file_has_at_most_a_mebibyte(int size, bool isTaken)
    {
        _project.With("a.txt", Enumerable.Repeat((byte)'a', size).ToArray());

        Assert.Equal(isTaken, _project.Plan().Files.Count == 1);
    }

    [Fact]
    public void Text_that_is_not_utf8_stays()
    {
        _project.With("latin.txt", Encoding.Latin1.GetBytes("Grüße")).With("wide.txt", Encoding.Unicode.GetBytes("text")).With("empty.txt", "");

        SnapshotPlan plan = _project.Plan();

        Assert.Equal(["empty.txt"], plan.Files.Select(file => file.Path));
        Assert.All(plan.LeftOut, file => Assert.Equal(LeftOutReason.Binary, file.Reason));
    }

    [Fact]
    public void More_files_than_a_folder_may_have_stay_one_by_one()
    {
        IEnumerable<WalkedFile> files = Enumerable.Range(0, ContextLimits.Files + 1).Select(i => new WalkedFile($"f{i}", "x", IsLink: false));

        var plan = SnapshotPlan.Of("x", files, new HashSet<string>(), _ => [], default);

        Assert.Equal(ContextLimits.Files, plan.Files.Count);
        Assert.Equal(LeftOutReason.TooMany, Assert.Single(plan.LeftOut).Reason);
    }

    [Fact]
    public void What_can_not_be_read_stays()
    {
        WalkedFile[] files = [new("gone.txt", Path.Combine(_project.Project, "gone.txt"), IsLink: false)];

        var plan = SnapshotPlan.Of("x", files, new HashSet<string>(), SnapshotPlan.Read, default);

        Assert.Equal(LeftOutReason.Unreadable, Assert.Single(plan.LeftOut).Reason);
    }

    [Fact]
    public void A_pipe_in_the_folder_stops_nothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no such pipes on Windows.");
        using var made = System.Diagnostics.Process.Start("mkfifo", Path.Combine(_project.With("a.txt").Project, "pipe"));
        made.WaitForExit();

        Assert.Equal(["a.txt", "pipe"], _project.Plan().Files.Select(file => file.Path));
    }
}
