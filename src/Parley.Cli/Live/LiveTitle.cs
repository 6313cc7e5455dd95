using Parley.Cli.Sharing;
using Parley.Core.Redaction;
using Parley.Core.Sessions;
using Parley.Core.Transcripts;

namespace Parley.Cli.Live;

/// <summary>
/// The title of a live share, which the transcript may not have yet when the share begins: the client's, as soon as it finds one, or else the
/// beginning of the first prompt that goes out. One that the author gave stays.
/// </summary>
/// <param name="follower">Follows the transcript.</param>
/// <param name="redaction">What is taken out here.</param>
/// <param name="selection">What goes out.</param>
/// <param name="isFixed">Whether the author gave it.</param>
/// <param name="title">What it is now.</param>
internal sealed class LiveTitle(TranscriptFollower follower, RedactionOptions redaction, Selection selection, bool isFixed, string title)
{
    private static readonly Entry Left = new() { Role = Role.Event, Blocks = "[]"u8.ToArray() };

    private string? _found = follower.Title;
    private int _looked;

    /// <summary>The title, if it has become another one since it was asked for last.</summary>
    /// <param name="redactor">One that has learned the transcript so far.</param>
    /// <param name="knowsMore">Whether it has learned of secrets since then.</param>
    public string? Changed(Redactor redactor, bool knowsMore)
    {
        bool mayDiffer = knowsMore || follower.Title != _found || _looked < selection.From && follower.Last >= selection.From;
        if (isFixed || !mayDiffer)
            return null;
        (_found, _looked) = (follower.Title, follower.Last);
        var session = new OutgoingSession(new Transcript(follower.Info(), Entries), redaction) { Selection = selection };
        string now = session.Header(redactor).Title;
        if (now == title)
            return null;
        return title = now;
    }

    // What doesn't go out isn't read.
    private IEnumerable<Entry> Entries() =>
        Enumerable.Range(1, follower.Last).Select(number => number < selection.From ? Left : follower.Read(number) ?? Left);
}
