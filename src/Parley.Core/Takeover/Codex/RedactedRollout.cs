using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Parley.Core.Credentials;
using Parley.Core.Redaction;
using Parley.Core.Takeover.ClaudeCode;
using Parley.Core.Transcripts;
using Parley.Core.Transcripts.ClaudeCode;
using Parley.Core.Transcripts.Codex;
using Parley.Core.Transfer;

namespace Parley.Core.Takeover.Codex;

/// <summary>Makes a redacted copy of a session, one rollout. All of it is learned from before the first line is written.</summary>
internal static class RedactedRollout
{
    private const int BufferBytes = 256 * 1024;

    public static PackedSession Pack(TranscriptInfo session, Redactor redactor, string temporary, CancellationToken cancel)
    {
        IReadOnlyList<RolloutPart> parts = CodexPacker.PartsOf(session);
        var folder = new TemporaryFolder(temporary);
        try
        {
            string path = Path.Combine(folder.Path, "0");
            Learn(parts, redactor, cancel);
            Write(parts, redactor, path, cancel);
            return new PackedSession
            {
                Agent = session.Agent,
                Id = session.SessionId,
                Origin = new SessionOrigin(null, null),
                Files = [new PackedFile(SessionFiles.Main, new FileInfo(path).Length, () => File.OpenRead(path))],
                Temporary = folder,
            };
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private static void Learn(IReadOnlyList<RolloutPart> parts, Redactor redactor, CancellationToken cancel)
    {
        foreach (RolloutPart part in parts)
        {
            using SafeFileHandle file = TranscriptFile.Open(part.Path);
            var lines = new LineReader();
            for (; lines.Read(file) && lines.Offset < part.End; cancel.ThrowIfCancellationRequested())
                redactor.LearnJson(lines.Line);
            lines.Rest();
        }
    }

    private static void Write(IReadOnlyList<RolloutPart> parts, Redactor redactor, string path, CancellationToken cancel)
    {
        var redacted = new ArrayBufferWriter<byte>(BufferBytes);
        using FileStream output = PrivateFile.Open(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = BufferBytes });
        new RolloutCopy(parts, RolloutMeta.Read(parts[^1].Path)!).Write(new TravelRules(Redact), output, () => true);

        void Redact(ReadOnlySpan<byte> line, Stream to)
        {
            cancel.ThrowIfCancellationRequested();
            redacted.ResetWrittenCount();
            redactor.RedactJson(line, redacted);
            to.Write(redacted.WrittenSpan);
        }
    }
}
