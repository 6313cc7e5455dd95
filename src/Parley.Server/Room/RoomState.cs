using Parley.Core.Rendering;
using Parley.Core.Sessions;
using Parley.Server.Data;
using Parley.Server.Live;
using Parley.Server.Permissions;
using Parley.Server.Sessions;
using Parley.Server.Turns;

namespace Parley.Server.Room;

/// <summary>What members see beside a session's entries.</summary>
/// <param name="Mode"><c>open</c> while people and the agent talk, <c>closed</c> when it is read only, <c>view</c> when it never was a workspace.</param>
/// <param name="Title">What it is called.</param>
/// <param name="People">Who may be here, the owner first.</param>
/// <param name="Queue">What the agent works on, what waits for it, and whether anything answers.</param>
/// <param name="Permissions">What the agent asks for and nobody has decided on yet.</param>
public sealed record RoomState(string Mode, string Title, IReadOnlyList<Participant> People, TurnList Queue, IReadOnlyList<PermissionView> Permissions);

/// <summary>A member, or the owner.</summary>
/// <param name="Id">Their account.</param>
/// <param name="Name">What they call themselves: untrusted text.</param>
/// <param name="Role">The name of a <see cref="MemberRole"/>.</param>
/// <param name="Here">Whether they watch the session now.</param>
/// <param name="Initial">The letter that stands for them.</param>
/// <param name="Hue">The number of their colour.</param>
/// <param name="Approves">Whether they decide on what the agent asks for.</param>
public sealed record Participant(long Id, string Name, string Role, bool Here, string Initial, int Hue, bool Approves)
{
    public static Participant Of(long id, string name, string role, bool here, bool approves) =>
        new(id, name, role, here, Avatar.Initial(name), Avatar.Hue(name), approves);
}

/// <summary>Reads what members see of a session beside its entries. It does not ask who they are: see <see cref="SessionAccess"/>.</summary>
public sealed class RoomStates(Database database, SessionStore store, Viewers viewers, TurnLists turns, PermissionStore permissions, TimeProvider clock)
{
    /// <summary>People that are told of; nobody finds their way among more.</summary>
    public const int MaxPeople = 200;

    /// <summary>As it is now; null when the session is gone.</summary>
    public async ValueTask<RoomState?> ReadAsync(string id, CancellationToken cancel = default)
    {
        if (await store.FindAsync(id, cancel) is not { } session)
            return null;
        HashSet<long> here = viewers.Accounts(id);
        List<Participant> people = await database.ReadAsync(
            connection => connection.ListAsync(
                """
                SELECT id, name, role, may_approve FROM (
                    SELECT id, name, 'owner' AS role, true AS may_approve, 0 AS place, created_at AS since FROM accounts WHERE id = $2
                    UNION ALL
                    SELECT a.id, a.name, m.role, m.may_approve, 1, m.joined_at FROM members m JOIN accounts a ON a.id = m.account_id WHERE m.session_id = $1
                ) people ORDER BY place, since, id LIMIT $3
                """,
                row => Participant.Of(row.Number(0), row.Text(1), row.Text(2), here.Contains(row.Number(0)), row.Flag(3)), cancel, id, session.OwnerId, (long)MaxPeople),
            cancel);
        List<PermissionRequest> asked = await permissions.WaitingAsync(id, clock.GetUtcNow(), cancel);
        return new RoomState(ModeOf(session), session.Title, people, await turns.OfAsync(session, cancel), [.. asked.Select(PermissionView.Of)]);
    }

    private static string ModeOf(SessionRecord session) => session.Workspace switch { WorkspaceState.Open => "open", WorkspaceState.Closed => "closed", _ => "view" };
}
