using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Parley.Core.Credentials;
using Parley.Core.Redaction;
using Parley.Core.Transcripts;
using Parley.Core.Transcripts.ClaudeCode;
using Parley.Core.Transfer;

namespace Parley.Core.Takeover.ClaudeCode;

/// <summary>
/// Makes redacted copies of a session's files. All of them are learned from before the first is written, so that a value which one gives away is gone
/// from every other.
/// </summary>
internal sealed class RedactedPacking(Redactor redactor, string folder, CancellationToken cancel)
{
    /// <summary>The largest output that is redacted; a larger one stays behind, of which the transcript has the beginning.</summary>
    public const int MaxOutputBytes = 16 * 1024 * 1024;

    private const int BufferBytes = 256 * 1024;

    private readonly ArrayBufferWriter<byte> _redacted = new(BufferBytes);

    public static PackedSession Pack(TranscriptInfo session, Redactor redactor, string temporary, CancellationToken cancel)
    {
        var folder = new TemporaryFolder(temporary);
        try
        {
            return new RedactedPacking(redactor, folder.Path, cancel).Pack(session, folder);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    private PackedSession Pack(TranscriptInfo session, TemporaryFolder temporary)
    {
        (string Name, string Path)[] files = [.. ClaudeCodePacker.FilesOf(session).Where(file => IsTranscript(file.Name) || new FileInfo(file.Path).Length <= MaxOutputBytes)];
        foreach ((string name, string path) in files)
            Learn(name, path);
        return new PackedSession
        {
            Agent = session.Agent,
            Id = session.SessionId,
            Origin = new SessionOrigin(null, null),
            Files = [.. files.Select((file, number) => Write(file.Name, file.Path, Path.Combine(folder, $"{number}")))],
            Temporary = temporary,
        };
    }

    private void Learn(string name, string path)
    {
        if (!IsTranscript(name))
        {
            redactor.LearnJson(File.ReadAllBytes(path));
            return;
        }
        using SafeFileHandle file = TranscriptFile.Open(path);
        var lines = new LineReader();
        while (lines.Read(file))
        {
            cancel.ThrowIfCancellationRequested();
            redactor.LearnJson(lines.Line);
        }
        lines.Rest();
    }

    private PackedFile Write(string name, string path, string to)
    {
        using (FileStream output = PrivateFile.Open(to, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = BufferBytes }))
        {
            if (IsTranscript(name))
                TranscriptCopy.Of(path, withThinking: false).Write(new TravelRules(Redact), output, () => true);
            else
                Redact(File.ReadAllBytes(path), output);
        }
        return new PackedFile(name, new FileInfo(to).Length, () => File.OpenRead(to));
    }

    private void Redact(ReadOnlySpan<byte> text, Stream output)
    {
        cancel.ThrowIfCancellationRequested();
        _redacted.ResetWrittenCount();
        redactor.RedactJson(text, _redacted);
        output.Write(_redacted.WrittenSpan);
    }

    private static bool IsTranscript(string name) => name.EndsWith(".jsonl", StringComparison.Ordinal);
}
