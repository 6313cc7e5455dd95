using Parley.Core.Sessions;

namespace Parley.Server.Sessions;

/// <summary>An entry and its place in its session, from 1 without gaps.</summary>
public sealed record StoredEntry(long Seq, Entry Entry);

/// <summary>An entry as it is shown.</summary>
/// <param name="Seq">Its place in the session, from 1 without gaps.</param>
/// <param name="Role">Who speaks.</param>
/// <param name="Thread">The id of the tool call whose subagent it belongs to; null in the main conversation.</param>
/// <param name="Html">Safe UTF-8 HTML, one <c>article</c>, with <c>EntryRenderer.BaseMarker</c> where the page's address belongs.</param>
public sealed record Fragment(long Seq, Role Role, string? Thread, byte[] Html);

/// <summary>An entry in both its forms.</summary>
/// <param name="Stored">The entry.</param>
/// <param name="Html">Its fragment, as in <see cref="Fragment"/>.</param>
/// <param name="Revision">The session's revision at which it got this content; 0 when it was never corrected.</param>
public sealed record LoggedEntry(StoredEntry Stored, byte[] Html, long Revision);

/// <summary>A place where the searched text stands.</summary>
/// <param name="Seq">The entry.</param>
/// <param name="Snippet">Plain text around the first match in the entry, on one line.</param>
/// <param name="MatchStart">Where in the snippet the match begins.</param>
/// <param name="MatchLength">How long the match is.</param>
public sealed record SearchHit(long Seq, string Snippet, int MatchStart, int MatchLength);
