using Parley.Core.Sessions;
using Xunit;

namespace Parley.Core.Tests.Sessions;

public sealed class AccessTests
{
    private const long Owner = 7;

    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<string, bool, SessionAction, bool> Table => new()
    {
        { "owner", true, SessionAction.Read, true },
        { "owner", true, SessionAction.Edit, true },
        { "owner", true, SessionAction.Delete, true },
        { "owner", false, SessionAction.Read, true },
        { "owner", false, SessionAction.Edit, true },
        { "owner", false, SessionAction.Delete, true },
        { "other", true, SessionAction.Read, true },
        { "other", true, SessionAction.Edit, false },
        { "other", true, SessionAction.Delete, false },
        { "other", false, SessionAction.Read, false },
        { "other", false, SessionAction.Edit, false },
        { "other", false, SessionAction.Delete, false },
        { "anonymous", true, SessionAction.Read, true },
        { "anonymous", true, SessionAction.Edit, false },
        { "anonymous", true, SessionAction.Delete, false },
        { "anonymous", false, SessionAction.Read, false },
        { "anonymous", false, SessionAction.Edit, false },
        { "anonymous", false, SessionAction.Delete, false },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Owners_may_everything_and_the_link_of_a_public_session_may_read(string who, bool isPublic, SessionAction action, bool allowed) =>
        Assert.Equal(allowed, Access.Allows(CallerOf(who), new SessionTerms(Owner, isPublic, Now.AddTicks(1)), [], action, Now));

    [Theory]
    [MemberData(nameof(Table))]
    public void From_its_expiry_on_nobody_may_anything(string who, bool isPublic, SessionAction action, bool beforehand)
    {
        Assert.Equal(beforehand, Access.Allows(CallerOf(who), new SessionTerms(Owner, isPublic, null), [], action, Now));
        Assert.False(Access.Allows(CallerOf(who), new SessionTerms(Owner, isPublic, Now), [], action, Now));
    }

    [Fact]
    public void An_action_that_nobody_has_heard_of_is_denied() =>
        Assert.False(Access.Allows(Caller.Anonymous, new SessionTerms(Owner, IsPublic: true, null), [], (SessionAction)99, Now));

    private static Caller CallerOf(string who) => who switch
    {
        "owner" => new Caller(Owner),
        "other" => new Caller(Owner + 1),
        _ => Caller.Anonymous,
    };
}
