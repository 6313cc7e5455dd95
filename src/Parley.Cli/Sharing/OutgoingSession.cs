using Parley.Core.Redaction;
using Parley.Core.Sessions;
using Parley.Core.Transcripts;

namespace Parley.Cli.Sharing;

/// <summary>An entry that goes out, with its number in the transcript.</summary>
internal readonly record struct OutgoingEntry(int Number, Entry Entry);

/// <summary>
/// A session as it leaves this machine: selected, redacted and cut, in this order. Share, preview and export all take their entries from
/// here, so that what was shown is what goes out.
/// </summary>
internal sealed record OutgoingSession(Transcript Transcript, RedactionOptions Redaction)
{
    public Selection Selection { get; init; } = new();

    /// <summary>Whether anything is taken out and cut; false only for an export that the author asked for as it is.</summary>
    public bool Redacts { get; init; } = true;

    /// <summary>The title that the author gave with <c>--title</c>.</summary>
    public string? Title { get; init; }

    /// <summary>
    /// First pass: a redactor that knows every secret of the transcript. It learns from what is left out too: a value that only tool output
    /// gives away as a password is removed from the prompts as well.
    /// </summary>
    public Redactor Learn(CancellationToken cancel)
    {
        var redactor = new Redactor(Redaction);
        foreach (Entry entry in Redacts ? Transcript.Entries() : [])
        {
            cancel.ThrowIfCancellationRequested();
            redactor.Learn(entry);
        }
        return redactor;
    }

    public SessionHeader Header(Redactor redactor)
    {
        TranscriptInfo info = Transcript.Info;
        string? given = Title ?? (Selection.Includes(1) ? info.Title : null);
        var header = new SessionHeader
        {
            Title = given ?? (Selection.Includes(1) ? BeginningOf(info.FirstPrompt) ?? info.SessionId : TitleOfRest()),
            Project = info.Project,
            Branch = info.Branch,
            Model = info.Model,
            Date = info.Created,
            Agent = info.Agent,
            SourceId = info.SessionId,
        };
        header = Redacts ? redactor.Redact(header) : header;
        return header with { Title = SessionTitle.Fit(header.Title, given is not null ? SessionTitle.GivenLength : SessionTitle.PromptLength) };
    }

    /// <summary>Second pass: what goes out, in order. An entry is valid until the next one is asked for.</summary>
    public IEnumerable<OutgoingEntry> Entries(Redactor redactor, CancellationToken cancel)
    {
        foreach ((int number, Entry entry) in Selected())
        {
            cancel.ThrowIfCancellationRequested();
            yield return new OutgoingEntry(number, Redacts ? Truncation.Truncate(redactor.Redact(entry)) : entry);
        }
    }

    private IEnumerable<OutgoingEntry> Selected()
    {
        int number = 0;
        foreach (Entry entry in Transcript.Entries())
            if (Selection.Includes(++number) && Selection.Apply(entry) is { } selected)
                yield return new OutgoingEntry(number, selected);
    }

    // The transcript's title tells of its first prompt, so it stays here when the prompt does.
    private string TitleOfRest()
    {
        foreach ((_, Entry entry) in Selected())
            if (entry.Role == Role.User && BeginningOf(Blocks.FirstText(entry.Blocks.Span)) is { } text)
                return text;
        return "Session";
    }

    // One less: a cut between the halves of a surrogate pair has left one character fewer.
    private static string? BeginningOf(string? prompt) =>
        SessionTitle.WholeWords(prompt ?? "", TranscriptInfo.MaxFirstPrompt - 1) is { Length: > 0 } beginning ? beginning : null;
}
