using Microsoft.Win32.SafeHandles;

namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>Opens files that their client may append to, move or delete at the same time.</summary>
internal static class TranscriptFile
{
    public static SafeFileHandle Open(string path) =>
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.None);
}
