using Parley.Core.Transcripts;
using Parley.Core.Transcripts.ClaudeCode;
using Parley.Core.Transfer;

namespace Parley.Core.Takeover.ClaudeCode;

/// <summary>A Claude Code session's files: the transcript, its subagents', and large outputs. The client's backups of edited files stay behind.</summary>
internal static class ClaudeCodePacker
{
    public static PackedSession Pack(TranscriptInfo session) => new()
    {
        Agent = session.Agent,
        Id = session.SessionId,
        Origin = SenderFolders.Of(session),
        Files = [.. from file in FilesOf(session) select new PackedFile(file.Name, new FileInfo(file.Path).Length, () => Open(file.Path))],
    };

    /// <summary>The files with their names on the way, the main one first.</summary>
    public static IEnumerable<(string Name, string Path)> FilesOf(TranscriptInfo session)
    {
        SidecarFolder sidecars = SidecarFolder.Beside(session.Path);
        var beside = from folder in new[] { SessionFiles.Subagents, SessionFiles.Outputs }
                     from path in sidecars.Files(folder, "*")
                     let name = $"{folder}/{Path.GetFileName(path)}"
                     where SessionFiles.IsSidecar(name)
                     select (name, path);
        return beside.Prepend((SessionFiles.Main, session.Path));
    }

    private static FileStream Open(string path) => new(TranscriptFile.Open(path), FileAccess.Read, bufferSize: 0);
}
