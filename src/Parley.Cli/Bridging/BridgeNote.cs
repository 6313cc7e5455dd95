using System.Text.Json;
using Parley.Cli.Servers;
using Parley.Core.Credentials;

namespace Parley.Cli.Bridging;

/// <summary>
/// That a workspace may be lent MCP servers of this machine, and of which project: <c>bridges/SHAREID.json</c> in the state folder. It is made when their
/// names are sent to the workspace's context, so that no server can make this machine lend anything to a workspace that it never had to do with.
/// </summary>
/// <param name="Parley">The version of the note.</param>
/// <param name="Server">The server's address.</param>
/// <param name="ShareId">The workspace.</param>
/// <param name="Project">The folder by which Claude Code knows which MCP servers there are.</param>
internal sealed record BridgeNote(int Parley, string Server, string ShareId, string Project)
{
    public const int Version = 1;

    private const string Ending = ".json";

    public static string Folder => StateFolder.Path("bridges");

    /// <summary>The workspaces of a server that this machine lends to, the newest first.</summary>
    public static IReadOnlyList<BridgeNote> Of(Uri server) =>
    [
        .. (Directory.Exists(Folder) ? Directory.GetFiles(Folder, "*" + Ending) : []).OrderByDescending(File.GetLastWriteTimeUtc)
            .Select(Read).OfType<BridgeNote>().Where(note => note.Server == server.ToString()),
    ];

    public static void Save(Uri server, string shareId, string project)
    {
        if (!IsPlain(shareId))
            return;
        PrivateFile.CreateFolder(Folder);
        string draft = $"{PathOf(shareId)}.{Environment.ProcessId}";
        using (FileStream file = PrivateFile.Open(draft, new() { Mode = FileMode.Create, Access = FileAccess.Write }))
            JsonSerializer.Serialize(file, new BridgeNote(Version, server.ToString(), shareId, project), CliJson.Compact.BridgeNote);
        File.Move(draft, PathOf(shareId), overwrite: true);
    }

    /// <summary>Nothing is lent to it any more.</summary>
    public void Delete() => File.Delete(PathOf(ShareId));

    private static BridgeNote? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), CliJson.Default.BridgeNote) is { Parley: Version } note && IsPlain(note.ShareId) ? note : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    // A server mints ids; one that could lead elsewhere is none.
    private static bool IsPlain(string shareId) => shareId.Length is > 0 and <= 64 && shareId.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static string PathOf(string shareId) => Path.Combine(Folder, shareId + Ending);
}
