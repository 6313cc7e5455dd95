using System.Text.Json.Serialization;
using Parley.Cli.Servers;
using Parley.Cli.Sharing;
using Parley.Core.Sessions;

namespace Parley.Cli.Live;

/// <summary>What a live share is of, and on what terms: the first line of its journal.</summary>
/// <param name="Parley">The version of the journal.</param>
/// <param name="Server">The server's address.</param>
/// <param name="ShareId">The session on the server.</param>
/// <param name="Url">Its link.</param>
/// <param name="Transcript">The path of the transcript, as it was at the beginning.</param>
/// <param name="IsPrivate">Whether it has no public link.</param>
/// <param name="FromNow">Whether nothing went out of what was there at the beginning.</param>
/// <param name="From">The first entry that goes out.</param>
/// <param name="ToolResults">See <see cref="Core.Sessions.Selection"/>.</param>
/// <param name="Thinking">See <see cref="Core.Sessions.Selection"/>.</param>
/// <param name="LeftOut">See <see cref="Core.Sessions.Selection"/>.</param>
/// <param name="HasOwnTitle">Whether its author gave it a title.</param>
/// <param name="IsPersonal">
/// Whether its author named values to be taken out. They are not written down, so no other process can go on with it.
/// </param>
internal sealed record LiveTerms(
    int Parley,
    string Server,
    string ShareId,
    string Url,
    string Transcript,
    bool IsPrivate,
    bool FromNow,
    int From,
    bool ToolResults,
    bool Thinking,
    int[] LeftOut,
    bool HasOwnTitle,
    bool IsPersonal)
{
    /// <summary>The version of the journal that is written.</summary>
    public const int Version = 1;

    [JsonIgnore]
    public Selection Selection => new() { From = From, ToolResults = ToolResults, Thinking = Thinking, LeftOut = LeftOut.ToHashSet() };

    public static LiveTerms Of(OutgoingSession session, Terms terms, ShareResult shared, Uri server, bool fromNow)
    {
        Selection selection = session.Selection;
        bool isPersonal = session.Redaction.ExtraValues.Count > Machine.Redaction(session.Transcript.Info).ExtraValues.Count;
        return new LiveTerms(
            Version, server.ToString(), shared.ShareId, shared.Url, session.Transcript.Info.Path, terms.IsPrivate, fromNow, selection.From, selection.ToolResults,
            selection.Thinking, [.. selection.LeftOut], session.Title is not null, isPersonal);
    }

    /// <summary>Whether another process may go on with it without being asked, because its client is in this session again.</summary>
    public bool IsOf(string sessionId, Uri server) =>
        !IsPersonal && Server == server.ToString() && Path.GetFileNameWithoutExtension(Transcript) == sessionId;

    /// <summary>Whether sharing a session again is to go on with this share: the same of the same session, on the same server.</summary>
    public bool IsSame(OutgoingSession session, Terms terms, Uri server, bool fromNow) =>
        !IsPersonal && IsPrivate == terms.IsPrivate && Server == server.ToString() && FromNow == fromNow && (fromNow || From == session.Selection.From)
        && ToolResults == session.Selection.ToolResults && Thinking == session.Selection.Thinking
        && Path.GetFileName(Transcript) == Path.GetFileName(session.Transcript.Info.Path);
}
