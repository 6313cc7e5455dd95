using System.Buffers;
using System.Text.Json;
using Parley.Core.Rendering;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Hosting;
using Parley.Server.Intake;
using Parley.Server.Sessions;

namespace Parley.Server.Live;

/// <summary>
/// Takes in what a driver sends: redacted once more, rendered, stored, and announced to those who watch. It does not ask who the driver is: see
/// <see cref="SessionAccess"/>.
/// </summary>
public sealed class Driving(
    LiveSessions live, SessionLog log, DriverLog driverLog, SessionStore store, Forgetting forgetting, Wakes wakes, LiveFeeds feeds, DataKey key, TimeProvider clock, Metrics metrics)
{
    // A result stands close behind its call.
    private const int RenderedBefore = 40;

    /// <summary>
    /// Appends entries of the session's own machine after the one at <paramref name="expectedSeq"/>. Those that stand there already are passed over;
    /// none at all say that the driver is there.
    /// </summary>
    public async Task<DriverAnswer> AppendAsync(string id, long expectedSeq, IReadOnlyList<Entry> entries, CancellationToken cancel)
    {
        using LiveSession session = await live.EnterAsync(id, cancel);
        if (await store.FindAsync(id, cancel) is not { } record)
            return DriverAnswer.Gone;
        if (record.Workspace is not null)
            return DriverAnswer.Moved;
        if (expectedSeq > record.LastSeq)
            return DriverAnswer.Conflict(record.LastSeq);
        int repeated = (int)Math.Min(record.LastSeq - expectedSeq, entries.Count);
        if (!await AreThereAsync(id, expectedSeq, entries.Take(repeated), cancel))
            return DriverAnswer.Conflict(record.LastSeq);
        return repeated == entries.Count
            ? await SeeAsync(record, entries.Count == 0 ? record.LastSeq : expectedSeq + entries.Count)
            : await AppendAsync(session, record, [.. entries.Skip(repeated)], Appending.ByMachine, cancel);
    }

    /// <summary>Appends entries after whatever stands last, for those who write beside each other.</summary>
    /// <param name="id">The session.</param>
    /// <param name="entries">One at least.</param>
    /// <param name="how">What else is written with them; null for nothing.</param>
    /// <param name="cancel">The caller has gone.</param>
    public async Task<DriverAnswer> AddAsync(string id, IReadOnlyList<Entry> entries, CancellationToken cancel, Appending? how = null)
    {
        using LiveSession session = await live.EnterAsync(id, cancel);
        DriverAnswer answer = DriverAnswer.Gone;
        while (await store.FindAsync(id, cancel) is { } record)
        {
            answer = record.Workspace == WorkspaceState.Closed ? DriverAnswer.Moved : await AppendAsync(session, record, [.. entries], how ?? Appending.ByPeople, cancel);
            if (answer.Outcome != DriverOutcome.Conflict)
                break;
        }
        return answer;
    }

    /// <summary>What a person writes that is to wait before it stands in the log, without what is secret in it.</summary>
    public async Task<string> RedactAsync(string id, string text, CancellationToken cancel)
    {
        using LiveSession session = await live.EnterAsync(id, cancel);
        session.Redactor.Learn(new Entry { Role = Role.User, Blocks = JsonSerializer.SerializeToUtf8Bytes<object[]>([new { type = "text", text }]) });
        return session.Redactor.RedactText(text).Replace('\0', '\uFFFD');
    }

    /// <summary>Gives an entry other content.</summary>
    public async Task<DriverAnswer> CorrectAsync(string id, long seq, Entry entry, CancellationToken cancel)
    {
        using LiveSession session = await live.EnterAsync(id, cancel);
        if (await store.FindAsync(id, cancel) is not { } record || seq < 1 || seq > record.LastSeq)
            return DriverAnswer.Gone;
        if (record.Workspace is not null)
            return DriverAnswer.Moved;
        if (await AreThereAsync(id, seq - 1, [entry], cancel))
            return DriverAnswer.Done(record.LastSeq, record.Revision);

        session.Redactor.Report.Take();
        session.Redactor.Learn(entry);
        await RendererUpToAsync(session, id, record.LastSeq, cancel);
        EntryRenderer renderer = seq == record.LastSeq ? session.Renderer : await RendererBeforeAsync(id, seq, cancel);
        EntryRow row = new MessageRows(id, session.Redactor, renderer, key, seq - 1).Make(entry);
        await CleanAsync(session, record, cancel);
        if (await driverLog.CorrectAsync(id, [row], CancellationToken.None) is not { } revision)
            return DriverAnswer.Gone;
        forgetting.Soon();
        wakes.Announce(id, Wake.Corrections);
        return DriverAnswer.Done(record.LastSeq, revision, session.Redactor.Report.Take());
    }

    /// <summary>Shows text of the answer that is being written to those who watch. It is redacted and not stored.</summary>
    public async Task SayAsync(string id, string text, CancellationToken cancel)
    {
        using LiveSession session = await live.EnterAsync(id, cancel);
        if (session.Deltas.Append(text) is { Length: > 0 } safe)
            feeds.Say(id, safe);
    }

    private async Task<DriverAnswer> AppendAsync(LiveSession session, SessionRecord record, List<Entry> entries, Appending how, CancellationToken cancel)
    {
        (string id, long expectedSeq) = (record.Id, record.LastSeq);

        session.Redactor.Report.Take();
        foreach (Entry entry in entries)
            session.Redactor.Learn(entry);
        await RendererUpToAsync(session, id, expectedSeq, cancel);
        var rows = new MessageRows(id, session.Redactor, session.Renderer, key, expectedSeq);
        List<EntryRow> made = [.. entries.Select(rows.Make)];
        session.RenderedUpTo = made[^1].Seq;
        // What is stored already is cleaned first: if this process ends in between, the driver sends the entries again and they teach the same.
        bool cleaned = await CleanAsync(session, record, cancel);
        (DriverOutcome outcome, long revision) = await driverLog.AppendAsync(id, expectedSeq, made, rows, how, clock.GetUtcNow(), CancellationToken.None);
        if (outcome != DriverOutcome.Done)
            return await NotAppendedAsync(session, id, outcome, cancel);
        metrics.EntriesAppended(made.Count);
        if (how.EndsText)
            session.Deltas.Flush();
        wakes.Announce(id, (record.Live == LiveState.Live ? 0 : Wake.State) | Wake.Entries | (cleaned ? Wake.Corrections : 0));
        return DriverAnswer.Done(made[^1].Seq, revision, session.Redactor.Report.Take());
    }

    // The driver is there, and has nothing new.
    private async Task<DriverAnswer> SeeAsync(SessionRecord record, long lastSeq)
    {
        bool wasAway = !Presence.IsDriverHere(record, clock.GetUtcNow());
        if (await driverLog.SeenAsync(record.Id, clock.GetUtcNow(), CancellationToken.None) > 0 && wasAway)
            wakes.Announce(record.Id, Wake.State);
        return DriverAnswer.Done(lastSeq, record.Revision);
    }

    private async ValueTask<bool> AreThereAsync(string id, long after, IEnumerable<Entry> sent, CancellationToken cancel)
    {
        List<byte[]> digests = [.. sent.Select(entry => EntryDigest.Of(key, entry))];
        List<byte[]?> stored = digests.Count == 0 ? [] : await driverLog.DigestsAsync(id, after, digests.Count, cancel);
        return digests.Count == stored.Count && digests.Zip(stored).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
    }

    // Another driver was faster, or none may append: what this one's renderer saw is not in the log.
    private async Task<DriverAnswer> NotAppendedAsync(LiveSession session, string id, DriverOutcome outcome, CancellationToken cancel)
    {
        (session.Renderer, session.RenderedUpTo) = (new EntryRenderer(), 0);
        if (outcome == DriverOutcome.Refused)
            return DriverAnswer.Refused;
        return await store.FindAsync(id, cancel) is { } record ? outcome == DriverOutcome.Moved ? DriverAnswer.Moved : DriverAnswer.Conflict(record.LastSeq) : DriverAnswer.Gone;
    }

    /// <summary>Takes what has become known out of what is stored; whether anything was.</summary>
    private async Task<bool> CleanAsync(LiveSession session, SessionRecord record, CancellationToken cancel)
    {
        if (session.Redactor.TakeNewValues().Count == 0)
            return false;
        List<EntryRow> corrected = [];
        var html = new ArrayBufferWriter<byte>();
        await foreach (StoredEntry stored in log.ReadAsync(record.Id, 0, record.LastSeq, cancel))
        {
            Entry clean = session.Redactor.Redact(stored.Entry);
            if (clean.Author == stored.Entry.Author && clean.Blocks.Span.SequenceEqual(stored.Entry.Blocks.Span))
                continue;
            EntryRenderer renderer = await RendererBeforeAsync(record.Id, stored.Seq, cancel);
            corrected.Add(EntryRow.Of(clean, stored.Seq, renderer, html));
        }
        string title = Field.Clean(session.Redactor.RedactText(record.Title));
        if (title != record.Title)
            await store.RenameAsync(record.Id, title, CancellationToken.None);
        if (corrected.Count == 0)
            return false;
        await driverLog.CorrectAsync(record.Id, corrected, CancellationToken.None);
        forgetting.Soon();
        return true;
    }

    private async ValueTask RendererUpToAsync(LiveSession session, string id, long seq, CancellationToken cancel)
    {
        if (session.RenderedUpTo != seq)
            (session.Renderer, session.RenderedUpTo) = (await RendererBeforeAsync(id, seq + 1, cancel), seq);
    }

    private async ValueTask<EntryRenderer> RendererBeforeAsync(string id, long seq, CancellationToken cancel)
    {
        var renderer = new EntryRenderer();
        var html = new ArrayBufferWriter<byte>();
        long after = Math.Max(0, seq - 1 - RenderedBefore);
        await foreach (StoredEntry stored in log.ReadAsync(id, after, seq - 1 - after, cancel))
        {
            html.ResetWrittenCount();
            renderer.Render(stored.Entry, stored.Seq, html);
        }
        return renderer;
    }
}

/// <summary>What became of what a driver sent.</summary>
/// <param name="Outcome">Whether it is in the log.</param>
/// <param name="LastSeq">The seq of the last of the entries, or of the session's newest entry where they don't fit.</param>
/// <param name="Revision">The session's revision.</param>
/// <param name="Redactions">What the server still found, by rule.</param>
public sealed record DriverAnswer(DriverOutcome Outcome, long LastSeq, long Revision, IReadOnlyDictionary<string, int> Redactions)
{
    private static readonly Dictionary<string, int> Nothing = [];

    public static DriverAnswer Gone { get; } = new(DriverOutcome.Gone, 0, 0, Nothing);

    public static DriverAnswer Moved { get; } = new(DriverOutcome.Moved, 0, 0, Nothing);

    public static DriverAnswer Refused { get; } = new(DriverOutcome.Refused, 0, 0, Nothing);

    public static DriverAnswer Conflict(long lastSeq) => new(DriverOutcome.Conflict, lastSeq, 0, Nothing);

    public static DriverAnswer Done(long lastSeq, long revision, IReadOnlyDictionary<string, int>? redactions = null) =>
        new(DriverOutcome.Done, lastSeq, revision, redactions ?? Nothing);
}

public enum DriverOutcome
{
    Done,

    /// <summary>Other entries stand at that place, or there is a gap before it.</summary>
    Conflict,

    /// <summary>The session or the entry is not there.</summary>
    Gone,

    /// <summary>The conversation goes on in the workspace, or is over with it: its machine appends no more.</summary>
    Moved,

    /// <summary>What was to be written with the entries could not be.</summary>
    Refused,
}
