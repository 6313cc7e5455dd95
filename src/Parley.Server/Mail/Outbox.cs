using System.Security.Cryptography;
using System.Threading.Channels;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Data;
using Parley.Server.Sessions;

namespace Parley.Server.Mail;

/// <summary>
/// Mail that waits in the database until it is delivered: what a transaction adds is sent if and only if that is kept, by whichever server is
/// there. Sealed, since a mail holds a link that lets somebody in.
/// </summary>
public sealed class Outbox(Database database, DataKey key, SessionAccess access, TimeProvider clock)
{
    /// <summary>For how long whoever takes a mail has it alone. After that it is taken again, as when a process was killed.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(90);

    private const int IdLength = 16;

    private readonly Channel<bool> _added = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Has something to read after a commit that added mail on this server.</summary>
    internal ChannelReader<bool> Added => _added.Reader;

    /// <summary>Adds a mail in a write. <see cref="Wake"/> belongs behind its commit.</summary>
    /// <param name="connection">The write.</param>
    /// <param name="mail">What is to be sent.</param>
    /// <param name="invitationId">The invitation that it carries, with which it goes; null for none.</param>
    /// <param name="cancel">Gives it up.</param>
    public async ValueTask AddAsync(Connection connection, OutgoingMail mail, string? invitationId, CancellationToken cancel)
    {
        string id = RandomNumberGenerator.GetHexString(IdLength, lowercase: true);
        await connection.ExecuteAsync(
            "INSERT INTO mails (id, invitation_id, box, created_at, due_at) VALUES ($1, $2, $3, $4, $4)",
            cancel, id, invitationId, key.Seal(mail.ToJson(), Owner(id)), clock.GetUtcNow());
    }

    /// <summary>Has what was added sent now rather than at the next look.</summary>
    public void Wake() => _added.Writer.TryWrite(true);

    /// <summary>Takes back the mail of an invitation in a write, where it has not gone out yet.</summary>
    public static async ValueTask TakeBackAsync(Connection connection, string invitationId, CancellationToken cancel) =>
        await connection.ExecuteAsync("DELETE FROM mails WHERE invitation_id = $1", cancel, invitationId);

    /// <summary>Takes the mail that has been due the longest; null when none is due.</summary>
    internal ValueTask<TakenMail?> TakeAsync(CancellationToken cancel) => database.WriteAsync(
        connection => connection.FirstAsync(
            """
            UPDATE mails SET due_at = $2, attempts = attempts + 1
            WHERE id = (SELECT id FROM mails WHERE due_at <= $1 ORDER BY due_at LIMIT 1) AND due_at <= $1
            RETURNING id, invitation_id, box, created_at, attempts
            """,
            row => new TakenMail(row.Text(0), row.TextOrNull(1), Open(row.Text(0), row.Bytes(2)), row.Time(3), row.Number(4)),
            cancel, clock.GetUtcNow(), clock.GetUtcNow() + Lease),
        cancel);

    /// <summary>Whether a mail may go out: those for accounts alone go nowhere else, and those about a session to nobody who was removed from it.</summary>
    internal async ValueTask<bool> MayGoAsync(OutgoingMail mail, CancellationToken cancel)
    {
        if (mail is { ToAccountsOnly: false, ToMemberOf: null })
            return true;
        Account? account = await database.ReadAsync(connection => AccountStore.FindAsync(connection, mail.To, cancel), cancel);
        return account is not null && (mail.ToMemberOf is not { } session || await access.FindAsync(session, new Caller(account.Id), SessionAction.Meet, cancel) is not null);
    }

    /// <summary>Forgets a mail that was delivered, or that has nobody to go to.</summary>
    internal async ValueTask RemoveAsync(string id, CancellationToken cancel) => await database.WriteAsync(
        connection => connection.ExecuteAsync("DELETE FROM mails WHERE id = $1", cancel, id), cancel);

    /// <summary>Forgets a mail that can't be delivered, and lets the inviter know of it.</summary>
    internal async ValueTask GiveUpAsync(TakenMail mail, CancellationToken cancel) => await database.WriteAsync(
        async connection =>
        {
            await connection.ExecuteAsync("UPDATE invitations SET is_undelivered = true WHERE id = $1", cancel, mail.InvitationId);
            return await connection.ExecuteAsync("DELETE FROM mails WHERE id = $1", cancel, mail.Id);
        },
        cancel);

    /// <summary>Lets a mail wait before it is tried again.</summary>
    internal async ValueTask DelayAsync(string id, TimeSpan delay, CancellationToken cancel) => await database.WriteAsync(
        connection => connection.ExecuteAsync("UPDATE mails SET due_at = $2 WHERE id = $1", cancel, id, clock.GetUtcNow() + delay), cancel);

    private OutgoingMail? Open(string id, byte[] box) => key.Open(box, Owner(id)) is { } json ? OutgoingMail.FromJson(json) : null;

    private static string Owner(string id) => $"mail {id}";
}

/// <summary>A mail that somebody has taken to send it.</summary>
/// <param name="Id">Its own id.</param>
/// <param name="InvitationId">The invitation that it carries; null for none.</param>
/// <param name="Mail">What is to be sent; null when it was sealed with another data key than this server's.</param>
/// <param name="CreatedAt">Since when it waits.</param>
/// <param name="Attempts">How often it was taken, this time included.</param>
internal sealed record TakenMail(string Id, string? InvitationId, OutgoingMail? Mail, DateTimeOffset CreatedAt, long Attempts);
