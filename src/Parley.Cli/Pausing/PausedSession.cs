using Parley.Cli.Servers;

namespace Parley.Cli.Pausing;

/// <summary>A session of this machine that is paused, since its conversation goes on in a workspace: <c>paused/SESSIONID.json</c> in the state folder.</summary>
/// <param name="Parley">The version of the note.</param>
/// <param name="Server">The server's address.</param>
/// <param name="SessionId">The agent's own id of the session.</param>
/// <param name="ShareId">The workspace.</param>
/// <param name="Url">Its page.</param>
internal sealed record PausedSession(int Parley, string Server, string SessionId, string ShareId, string Url)
{
    private const int Version = 1;

    private static NoteFolder<PausedSession> Notes { get; } = new("paused", CliJson.Compact.PausedSession);

    /// <summary>The session, if it is paused. A file is read, and nothing else done.</summary>
    public static PausedSession? Find(string sessionId) => Notes.Find(sessionId) is { Parley: Version } paused ? paused : null;

    public static IReadOnlyList<PausedSession> List() => [.. Notes.List().Where(paused => paused.Parley == Version)];

    /// <summary>Pauses a session.</summary>
    public static void Begin(Uri server, string sessionId, string shareId, string url) =>
        Notes.Save(sessionId, new PausedSession(Version, server.ToString(), sessionId, shareId, url));

    /// <summary>Lets it go on here.</summary>
    public static void End(string sessionId) => Notes.Delete(sessionId);

    /// <summary>Lets every session go on here that went on in a workspace.</summary>
    /// <returns>How many there were.</returns>
    public static int EndAllOf(Uri server, string shareId)
    {
        PausedSession[] ended = [.. List().Where(paused => paused.ShareId == shareId && Settings.IsSame(new Uri(paused.Server), server))];
        foreach (PausedSession paused in ended)
            End(paused.SessionId);
        return ended.Length;
    }
}
