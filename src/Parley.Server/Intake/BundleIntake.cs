using System.IO.Pipelines;
using Parley.Core.Redaction;
using Parley.Core.Rendering;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Data;
using Parley.Server.Hosting;
using Parley.Server.Live;
using Parley.Server.Sessions;
using Parley.Server.Sharing;

namespace Parley.Server.Intake;

/// <summary>
/// Takes a bundle in: first all of it is read and learnt from, then it is redacted, rendered and stored in one transaction. Whatever goes
/// wrong on the way leaves nothing behind.
/// </summary>
public sealed class BundleIntake(Database database, SessionSharing sharing, DataKey key, ServerOptions options, TimeProvider clock, Metrics metrics)
{
    /// <summary>Stores the bundle as a new session.</summary>
    /// <param name="body">The bundle, expanded.</param>
    /// <param name="terms">What the sender wants.</param>
    /// <param name="cancel">The sender has gone.</param>
    /// <exception cref="BundleException">The bundle can't be taken in.</exception>
    public async Task<Receipt> TakeAsync(Stream body, UploadTerms terms, CancellationToken cancel)
    {
        Redactor redactor = ArrivalRedactor.OfUpload();
        await using var spool = new Spool();
        SessionHeader header = redactor.Redact(await SpoolAsync(body, spool, redactor, cancel));

        string id = SessionId.New();
        SessionRecord stored = await database.WriteAsync(
            async connection =>
            {
                var rows = new MessageRows(id, redactor, new EntryRenderer(), key);
                SessionRecord session = Session(id, header, terms);
                await SessionStore.InsertAsync(connection, session, cancel);
                if (terms.IsPublic)
                    await sharing.SetLinkAsync(connection, session, true, cancel);
                BundleReader bundle = await spool.ReadAsync(cancel);
                await connection.InsertAsync(EntryRow.Table, EntryRow.Columns, rows.OfAsync(bundle.ReadEntriesAsync(cancel), cancel), cancel);
                await DriverLog.InsertRewindsAsync(connection, id, rows.Rewinds, cancel);
                await SessionStore.CountAsync(connection, id, rows.Totals, cancel);
                return (await SessionStore.FindAsync(connection, id, cancel))!;
            },
            cancel);
        metrics.EntriesAppended(stored.MessageCount);
        return new Receipt(stored, redactor.Report.Counts);
    }

    private async Task<SessionHeader> SpoolAsync(Stream body, Spool spool, Redactor redactor, CancellationToken cancel)
    {
        var input = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: 64 * 1024));
        var bundle = new BundleReader(input, options.Limits.EntryBytes);
        SessionHeader header = await bundle.ReadHeaderAsync(cancel);
        spool.Add(header);
        await foreach (Entry entry in bundle.ReadEntriesAsync(cancel))
        {
            redactor.Learn(entry);
            await spool.AddAsync(entry, cancel);
        }
        return header;
    }

    private SessionRecord Session(string id, SessionHeader header, UploadTerms terms)
    {
        DateTimeOffset now = clock.GetUtcNow();
        return new SessionRecord
        {
            Id = id,
            Title = Field.Clean(header.Title),
            Project = Field.Clean(header.Project),
            Branch = Field.CleanOrNull(header.Branch),
            Model = Field.CleanOrNull(header.Model),
            Date = header.Date ?? now,
            CreatedAt = now,
            ExpiresAt = now + terms.Lifetime,
            OwnerId = terms.OwnerId,
            IsPublic = false,
            Agent = Field.CleanOrNull(header.Agent),
            SourceId = Field.CleanOrNull(header.SourceId),
            Live = terms.IsLive ? LiveState.Live : null,
            DriverSeenAt = terms.IsLive ? now : null,
        };
    }
}

/// <summary>What the sender wants of the new session.</summary>
/// <param name="OwnerId">Whose it is.</param>
/// <param name="IsPublic">Whether its link alone lets anyone read it.</param>
/// <param name="Lifetime">How long it lives from now; null for ever.</param>
/// <param name="IsLive">Whether more entries are to come.</param>
public sealed record UploadTerms(long OwnerId, bool IsPublic, TimeSpan? Lifetime, bool IsLive);

/// <summary>What became of a bundle.</summary>
/// <param name="Session">The new session.</param>
/// <param name="Redactions">What the server still found in it, by rule.</param>
public sealed record Receipt(SessionRecord Session, IReadOnlyDictionary<string, int> Redactions);
