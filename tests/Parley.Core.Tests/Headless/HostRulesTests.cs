using Parley.Core.Headless;
using Xunit;

namespace Parley.Core.Tests.Headless;

/// <summary>What the agent on somebody's machine may use and ask for.</summary>
public sealed class HostRulesTests
{
    [Fact]
    public void It_reads_and_asks_for_nothing_unless_more_is_named()
    {
        var rules = new HostRules([], IsSandboxed: true);

        Assert.Equal(["Read", "Grep", "Glob"], rules.Tools);
        Assert.NotNull(rules.RefuseUnasked("Bash"));
    }

    [Fact]
    public void What_is_named_is_asked_for()
    {
        var rules = new HostRules(["Bash"], IsSandboxed: true);

        Assert.Equal(["Read", "Grep", "Glob", "Bash"], rules.Tools);
        Assert.Null(rules.RefuseUnasked("Bash"));
        Assert.NotNull(rules.RefuseUnasked("bash"));
    }

    [Fact]
    public void Reading_elsewhere_is_never_asked_for_whatever_is_named()
    {
        var rules = new HostRules(["Read", "Glob"], IsSandboxed: true);

        Assert.All(HostRules.Reading, tool => Assert.NotNull(rules.RefuseUnasked(tool)));
        Assert.Equal(HostRules.Reading, rules.Tools);
    }

    [Fact]
    public void Without_a_sandbox_there_is_no_tool_that_lists_the_whole_disk()
    {
        Assert.Equal(["Read", "Grep"], new HostRules([], IsSandboxed: false).Tools);
    }
}
