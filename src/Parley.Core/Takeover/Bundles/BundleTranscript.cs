using System.IO.Pipelines;
using System.Security.Cryptography;
using Parley.Core.Sessions;
using Parley.Core.Transcripts.ClaudeCode;
using Parley.Core.Transfer;

namespace Parley.Core.Takeover.Bundles;

/// <summary>
/// Makes a transcript of a bundle, which Claude Code can resume: what was shared, as it was shared. What is redacted stays redacted, and what the person went back
/// behind stays away. Nothing of it takes its id or a file's name from the bundle.
/// </summary>
public static class BundleTranscript
{
    /// <summary>Subagents of a session. What more of them said stays away.</summary>
    public const int MaxThreads = 1_000;

    private const int MarkLength = 6;

    /// <summary>Writes the files of a session into a folder.</summary>
    /// <param name="bundle">A file, which is read twice.</param>
    /// <param name="folder">Absolute path of a folder that is empty or not there.</param>
    /// <param name="cancel">Leaves the folder unfinished.</param>
    /// <exception cref="BundleException">It is no whole bundle.</exception>
    public static async Task<ReceivedSession> StageAsync(FileStream bundle, string folder, CancellationToken cancel) => (await MakeAsync(bundle, folder, cancel)).Session;

    /// <summary>The same, with what is to be said of it.</summary>
    public static Task<StagedConversation> MakeAsync(FileStream bundle, string folder, CancellationToken cancel) => MakeAsync(bundle, folder, beginning: null, cancel);

    /// <summary>Writes what a bundle has more than a session of this machine behind that session's own lines.</summary>
    /// <param name="bundle">A file, which is read twice.</param>
    /// <param name="beginning">What is there.</param>
    /// <param name="cancel">Leaves its folder unfinished.</param>
    /// <exception cref="BundleException">It is no whole bundle.</exception>
    public static Task<StagedConversation> MakeAsync(FileStream bundle, Beginning beginning, CancellationToken cancel) =>
        MakeAsync(bundle, beginning.Files.Folder, beginning, cancel);

    private static async Task<StagedConversation> MakeAsync(FileStream bundle, string folder, Beginning? beginning, CancellationToken cancel)
    {
        (Guid id, Queue<Rewind> rewinds) = await SurveyAsync(bundle, beginning, cancel);
        bundle.Position = 0;
        var reader = new BundleReader(PipeReader.Create(bundle, new StreamPipeReaderOptions(leaveOpen: true)));
        SessionHeader header = await reader.ReadHeaderAsync(cancel);
        var speakers = new Speakers($"{DigestId.Of(id, -1):N}"[^MarkLength..]);
        using var files = new StagedThreads(folder, id, header, speakers, beginning);
        long seq = 0, rewoundTo = beginning?.LastSeq ?? 0, written = 0;
        await foreach (Entry entry in reader.ReadEntriesAsync(cancel))
        {
            for (seq++; rewinds.TryPeek(out Rewind rewind) && rewind.FromSeq <= seq;)
                rewoundTo = Math.Max(rewoundTo, rewinds.Dequeue().ToSeq);
            if (seq <= rewoundTo)
                continue;
            files.Write(entry);
            written++;
        }
        var session = new ReceivedSession
        {
            Agent = ClaudeCodeReader.Agent,
            Id = $"{id}",
            Origin = beginning?.Files.Origin ?? new SessionOrigin(null, null),
            Folder = folder,
            Files = [.. beginning?.Files.Files ?? [], .. beginning is null ? files.Names : files.Names.Skip(1)],
        };
        return new StagedConversation(session, header.Title, files.End(), speakers.Mark, speakers.People, speakers.Notes, written);
    }

    // An entry tells of a rewind after the entries that it is about. The id is the bundle's digest: the same bundle gives the same session.
    private static async Task<(Guid Id, Queue<Rewind> Rewinds)> SurveyAsync(FileStream bundle, Beginning? beginning, CancellationToken cancel)
    {
        bundle.Position = 0;
        byte[] digest = await SHA256.HashDataAsync(bundle, cancel);
        bundle.Position = 0;
        var reader = new BundleReader(PipeReader.Create(bundle, new StreamPipeReaderOptions(leaveOpen: true)));
        await reader.ReadHeaderAsync(cancel);
        var rewinds = new List<Rewind>();
        long seq = 0;
        await foreach (Entry entry in reader.ReadEntriesAsync(cancel))
        {
            if (Rewind.Of(entry, ++seq) is { } rewind)
                rewinds.Add(rewind);
        }
        return (IdOf(digest, beginning), new Queue<Rewind>(rewinds.OrderBy(rewind => rewind.FromSeq)));
    }

    private static Guid IdOf(byte[] digest, Beginning? beginning) =>
        beginning is null ? DigestId.Of(digest) : DigestId.Of(SHA256.HashData([.. digest, .. beginning.Leaf.ToByteArray(bigEndian: true)]));
}
