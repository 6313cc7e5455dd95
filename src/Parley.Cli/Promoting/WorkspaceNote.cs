using Parley.Cli.Servers;

namespace Parley.Cli.Promoting;

/// <summary>
/// What this machine knows of where a session of its own goes on: <c>workspaces/SESSIONID.json</c> in the state folder. It tells a repeated command what
/// is there already, and whoever takes the conversation home which part of it is here unchanged. Never content.
/// </summary>
/// <param name="Parley">The version of the note.</param>
/// <param name="Server">The server's address.</param>
/// <param name="SessionId">The agent's own id of the session.</param>
/// <param name="ShareId">The session on the server.</param>
/// <param name="Url">Where people meet; null while it was only uploaded.</param>
/// <param name="Upload">Tells one state of the transcript, and what of it was left out, from every other.</param>
internal sealed record WorkspaceNote(int Parley, string Server, string SessionId, string ShareId, string? Url, string Upload)
{
    /// <summary>The version that is written.</summary>
    public const int Version = 1;

    private static NoteFolder<WorkspaceNote> Notes { get; } = new("workspaces", CliJson.Compact.WorkspaceNote);

    /// <summary>The transcript as it was when the conversation went on elsewhere; null where that is not known.</summary>
    public Original? Original { get; init; }

    /// <summary>What is known of a session on a server; null for nothing.</summary>
    public static WorkspaceNote? Find(Uri server, string sessionId) =>
        Notes.Find(sessionId) is { Parley: Version } note && note.Server == server.ToString() ? note : null;

    /// <summary>The session of this machine that goes on in a workspace of a server; null when it comes from elsewhere.</summary>
    public static WorkspaceNote? OfWorkspace(Uri server, string shareId) =>
        Notes.List().FirstOrDefault(note => note.Parley == Version && note.ShareId == shareId && Settings.IsSame(new Uri(note.Server), server));

    /// <summary>Writes it down, whole or not at all.</summary>
    public void Save() => Notes.Save(SessionId, this);
}
