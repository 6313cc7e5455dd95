using Parley.Core.Sessions;
using Parley.Server.Data;
using Parley.Server.Live;
using Parley.Server.Sessions;

namespace Parley.Server.Room;

/// <summary>
/// What people say to each other in a workspace. A note is an entry like any other; that it was sent is written in the transaction which appends it,
/// so that what a browser sends twice is said once.
/// </summary>
public sealed class Notes(Database database, Driving driving, Typing typing, RoomNotices notices, TimeProvider clock)
{
    /// <summary>The longest note, in UTF-16 code units.</summary>
    public const int MaxText = 16 * 1024;

    /// <summary>The longest id that a browser gives one.</summary>
    public const int MaxClientId = 64;

    /// <summary>Says something, once.</summary>
    /// <param name="session">The workspace.</param>
    /// <param name="author">Who says it.</param>
    /// <param name="text">What.</param>
    /// <param name="clientId">What the author's browser calls it: the same again is the same note.</param>
    /// <param name="cancel">The author has gone.</param>
    /// <returns>Its place in the log; null when the workspace is closed or gone.</returns>
    public async ValueTask<long?> SayAsync(SessionRecord session, long author, string text, string clientId, CancellationToken cancel)
    {
        if (await SentAsync(session.Id, author, clientId, cancel) is { } before)
            return before;
        string name = await NameAsync(author, cancel);
        Entry entry = Note.Entry(name, text, clientId, clock.GetUtcNow());
        string shown = await driving.RedactAsync(session.Id, text, cancel);
        IReadOnlyList<long> called = [];
        Appending once = Appending.ByPeople with
        {
            With = async (connection, after) =>
            {
                if (!await KeepAsync(connection, session.Id, author, clientId, after + 1, cancel))
                    return false;
                called = await notices.MentionAsync(connection, session.Id, author, shown, after + 1, cancel);
                return true;
            },
        };
        DriverAnswer answer = await driving.AddAsync(session.Id, [entry], cancel, once);
        typing.Note(session.Id, author, null);
        notices.Tell(called);
        return answer.Outcome switch
        {
            DriverOutcome.Done => answer.LastSeq,
            DriverOutcome.Refused => await SentAsync(session.Id, author, clientId, cancel),
            _ => null,
        };
    }

    private ValueTask<string> NameAsync(long account, CancellationToken cancel) => database.ReadAsync(
        async connection => await connection.FirstAsync("SELECT name FROM accounts WHERE id = $1", row => row.Text(0), cancel, account) ?? "Somebody", cancel);

    private ValueTask<long?> SentAsync(string id, long author, string clientId, CancellationToken cancel) => database.ReadAsync(
        connection => connection.FirstAsync(
            "SELECT seq FROM notes WHERE session_id = $1 AND account_id = $2 AND client_id = $3", row => (long?)row.Number(0), cancel, id, author, clientId),
        cancel);

    private static async ValueTask<bool> KeepAsync(Connection connection, string id, long author, string clientId, long seq, CancellationToken cancel) =>
        await connection.ExecuteAsync(
            "INSERT INTO notes (session_id, account_id, client_id, seq) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", cancel, id, author, clientId, seq) > 0;
}
