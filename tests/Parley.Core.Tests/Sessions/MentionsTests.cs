using Parley.Core.Sessions;
using Xunit;

namespace Parley.Core.Tests.Sessions;

public sealed class MentionsTests
{
    private static readonly string[] People = ["Jacob", "Sarah Lee", "Sarah Lind", "David"];

    [Theory]
    [InlineData("@Claude can you check?", true)]
    [InlineData("ask (@claude) now", true)]
    [InlineData("@CLAUDE, please", true)]
    [InlineData("claude can you check?", false)]
    [InlineData("mail me at me@claude.example", false)]
    [InlineData("@claudette", false)]
    [InlineData("see //@claude", false)]
    public void The_agent_is_called_by_name(string text, bool calls) => Assert.Equal(calls, Mentions.CallsAgent(text));

    [Theory]
    [InlineData("@david look", "David")]
    [InlineData("@Sarah Lee look", "Sarah Lee")]
    [InlineData("@Sarah look", "")]
    [InlineData("@jacob and @David!", "Jacob David")]
    [InlineData("david@example.org", "")]
    [InlineData("nobody", "")]
    public void People_are_called_by_what_is_theirs_alone(string text, string called) =>
        Assert.Equal(called, string.Join(' ', Mentions.Find(text, People).Select(i => People[i])));

    [Fact]
    public void A_person_without_a_name_is_never_called() => Assert.Empty(Mentions.Find("@ @", [""]));
}
