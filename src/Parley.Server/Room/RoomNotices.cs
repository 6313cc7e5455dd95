using Parley.Core.Sessions;
using Parley.Server.Data;
using Parley.Server.Notices;

namespace Parley.Server.Room;

/// <summary>Puts into people's inboxes what concerns them in a room: that they were called by name, and that a suggestion waits for their word.</summary>
public sealed class RoomNotices(Inbox inbox)
{
    // What an inbox shows of a text, in UTF-16 code units.
    private const int MaxText = 200;

    private const string PeopleSql =
        """
        SELECT a.id, a.name, 'owner' FROM sessions s JOIN accounts a ON a.id = s.owner_id WHERE s.share_id = $1
        UNION ALL SELECT a.id, a.name, m.role FROM members m JOIN accounts a ON a.id = m.account_id WHERE m.session_id = $1
        """;

    /// <summary>In the write that keeps a text, tells those whom it calls; <see cref="Tell"/> belongs behind its commit.</summary>
    /// <param name="connection">The write.</param>
    /// <param name="sessionId">Where.</param>
    /// <param name="author">Whose text it is.</param>
    /// <param name="text">The text, redacted.</param>
    /// <param name="seq">Its place in the log; null for none yet.</param>
    /// <param name="cancel">Gives it up.</param>
    /// <returns>Whom.</returns>
    public async ValueTask<IReadOnlyList<long>> MentionAsync(Connection connection, string sessionId, long author, string text, long? seq, CancellationToken cancel)
    {
        if (!text.Contains('@', StringComparison.Ordinal))
            return [];
        List<Someone> people = await connection.ListAsync(PeopleSql, Someone.Of, cancel, sessionId);
        long[] called = [.. Mentions.Find(text, [.. people.Select(p => p.Name)]).Select(i => people[i].Id).Where(id => id != author)];
        foreach (long account in called)
            await inbox.AddAsync(connection, new Notice(account, NoticeKind.Mentioned, sessionId, author, Beginning(text), seq), cancel);
        return called;
    }

    /// <summary>In the write that keeps a suggestion, tells those who may accept it; <see cref="Tell"/> belongs behind its commit.</summary>
    /// <returns>Whom.</returns>
    public async ValueTask<IReadOnlyList<long>> SuggestAsync(Connection connection, string sessionId, long author, string text, CancellationToken cancel)
    {
        List<Someone> people = await connection.ListAsync(PeopleSql, Someone.Of, cancel, sessionId);
        long[] asked = [.. people.Where(p => MemberRoles.Parse(p.Role) >= MemberRole.Prompter && p.Id != author).Select(p => p.Id)];
        foreach (long account in asked)
            await inbox.AddAsync(connection, new Notice(account, NoticeKind.Suggested, sessionId, author, Beginning(text)), cancel);
        return asked;
    }

    /// <summary>Tells the open pages of these accounts that there is something new.</summary>
    public void Tell(IEnumerable<long> accounts)
    {
        foreach (long account in accounts.Distinct())
            inbox.Tell(account);
    }

    private static string Beginning(string text)
    {
        text = text.ReplaceLineEndings(" ").Trim();
        return text.Length <= MaxText ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[MaxText - 2]) ? MaxText - 2 : MaxText - 1)}…";
    }

    private sealed record Someone(long Id, string Name, string Role)
    {
        internal static Someone Of(Row row) => new(row.Number(0), row.Text(1), row.Text(2));
    }
}
