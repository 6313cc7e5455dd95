using System.Text.Json;
using Parley.Cli.Servers;
using Parley.Core.Credentials;

namespace Parley.Cli.Promoting;

/// <summary>
/// What this machine knows of where a session of its own goes on: <c>workspaces/SESSIONID.json</c> in the state folder. It tells a repeated command what
/// is there already, and whoever opens the session here that it is not paused for nothing. Never content.
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

    private static string Folder => StateFolder.Path("workspaces");

    /// <summary>What is known of a session on a server; null for nothing.</summary>
    public static WorkspaceNote? Find(Uri server, string sessionId)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(PathOf(sessionId)), CliJson.Default.WorkspaceNote) is { Parley: Version } note
                && note.Server == server.ToString()
                ? note
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes it down, whole or not at all.</summary>
    public void Save()
    {
        PrivateFile.CreateFolder(Folder);
        string path = PathOf(SessionId), draft = $"{path}.{Environment.ProcessId}";
        using (FileStream file = PrivateFile.Open(draft, new() { Mode = FileMode.Create, Access = FileAccess.Write }))
            JsonSerializer.Serialize(file, this, CliJson.Compact.WorkspaceNote);
        File.Move(draft, path, overwrite: true);
    }

    // An id comes out of a transcript: what could lead elsewhere becomes a name of its own.
    private static string PathOf(string sessionId) => Path.Combine(Folder, $"{Uri.EscapeDataString(sessionId).Replace(".", "%2E", StringComparison.Ordinal)}.json");
}
