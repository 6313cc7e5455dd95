using Parley.Core.Sessions;
using Xunit;

namespace Parley.Core.Tests.Sessions;

/// <summary>Every cell of the table of who may do what with a session.</summary>
public sealed class AccessTests
{
    private const long Owner = 7, Stranger = 8;

    private const string Share = "s1";

    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly SessionAction[] OfViewers = [SessionAction.Read, SessionAction.Meet];

    private static readonly SessionAction[] Actions = Enum.GetValues<SessionAction>();

    private static readonly Dictionary<string, Caller> Callers = new()
    {
        ["nobody"] = Caller.Anonymous,
        ["the owner"] = new(Owner),
        ["another account"] = new(Stranger),
        ["a token"] = new(null, Share),
        ["a token that was never made"] = new(null, ""),
        ["another account with a token"] = new(Stranger, Share),
        ["the owner with a token"] = new(Owner, Share),
    };

    private static readonly Dictionary<string, Grant[]> Grants = new()
    {
        ["none"] = [],
        ["active"] = [new(Share, Now.AddTicks(1), null)],
        ["endless"] = [new(Share, null, null)],
        ["expired"] = [new(Share, Now, null)],
        ["revoked"] = [new(Share, null, Now.AddDays(-1))],
        ["revoked just now"] = [new(Share, Now.AddDays(1), Now)],
        ["revoked and expired"] = [new(Share, Now, Now)],
        ["of another share"] = [new("s2", null, null)],
        ["ended beside one of another share"] = [new(Share, Now, null), new("s2", null, null)],
        ["a viewer's"] = [Grant.OfMember(Stranger, MemberRole.Viewer)],
        ["a suggester's"] = [Grant.OfMember(Stranger, MemberRole.Suggester)],
        ["a prompter's"] = [Grant.OfMember(Stranger, MemberRole.Prompter)],
        ["a prompter's beside a viewer's"] = [Grant.OfMember(Stranger, MemberRole.Prompter), Grant.OfMember(Stranger, MemberRole.Viewer)],
        ["a prompter's that was taken back"] = [Grant.OfMember(Stranger, MemberRole.Prompter) with { RevokedAt = Now }],
        ["an approver's, who views"] = [Grant.OfMember(Stranger, MemberRole.Viewer, mayApprove: true)],
        ["an approver's that was taken back"] = [Grant.OfMember(Stranger, MemberRole.Viewer, mayApprove: true) with { RevokedAt = Now }],
        ["another approver's beside a viewer's"] = [Grant.OfMember(Stranger + 1, MemberRole.Viewer, mayApprove: true), Grant.OfMember(Stranger, MemberRole.Viewer)],
        ["another member's"] = [Grant.OfMember(Stranger + 1, MemberRole.Prompter)],
    };

    private static readonly Dictionary<string, DateTimeOffset?> Ends = new() { ["never"] = null, ["later"] = Now.AddTicks(1), ["now"] = Now, ["before"] = Now.AddYears(-1) };

    public static TheoryData<string, string, string, bool> Cells
    {
        get
        {
            var cells = new TheoryData<string, string, string, bool>();
            foreach (string caller in Callers.Keys)
                foreach (string grant in Grants.Keys)
                    foreach (string end in Ends.Keys)
                        foreach (bool isPublic in (bool[])[false, true])
                            cells.Add(caller, grant, end, isPublic);
            return cells;
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void A_cell_holds_exactly_these_actions(string caller, string grant, string end, bool isPublic)
    {
        SessionAction[] allowed = [.. Actions.Where(action => Access.Allows(Callers[caller], new SessionTerms(Owner, isPublic, Ends[end]), Grants[grant], action, Now))];

        Assert.Equal(Expected(caller, grant, end, isPublic), allowed);
    }

    [Fact]
    public void An_action_that_nobody_has_heard_of_is_for_the_owner_alone()
    {
        foreach ((string name, Caller caller) in Callers)
            Assert.Equal(name == "the owner", Access.Allows(caller, new SessionTerms(Owner, IsPublic: true, null), Grants["endless"], (SessionAction)99, Now));
    }

    // The table once more, in words.
    private static SessionAction[] Expected(string caller, string grant, string end, bool isPublic) => (caller, grant, end) switch
    {
        (_, _, "now" or "before") => [],
        ("the owner", _, _) => Actions,
        ("another account", "a viewer's" or "another approver's beside a viewer's", _) => [.. OfViewers],
        ("another account", "an approver's, who views", _) => [.. OfViewers, SessionAction.Approve],
        ("another account", "a suggester's", _) => [.. OfViewers, SessionAction.Talk, SessionAction.Suggest],
        ("another account", "a prompter's" or "a prompter's beside a viewer's", _) => [.. OfViewers, SessionAction.Talk, SessionAction.Suggest, SessionAction.Prompt],
        ("nobody" or "another account", _, _) => isPublic ? [SessionAction.Read] : [],
        ("a token" or "another account with a token" or "the owner with a token", "active" or "endless", _) => [SessionAction.Read],
        _ => [],
    };
}
