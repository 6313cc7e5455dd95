using System.IO.Pipelines;
using Parley.Cli.LocalSessions;
using Parley.Cli.Sharing;
using Parley.Cli.Terminals;
using Parley.Core.Sessions;
using Parley.Core.Transcripts;

namespace Parley.Cli.Takeover;

/// <summary>Shows a session that is shared somewhere else, or lies in a file, without taking it over.</summary>
internal static class ReadSession
{
    public static async Task OfLinkAsync(PullSource source, CancellationToken cancel)
    {
        using var arrival = new ArrivalFolder();
        await using FileStream bundle = await source.DownloadAsync(arrival, cancel);
        await OfBundleAsync(bundle, cancel);
    }

    public static async Task OfFileAsync(string path, CancellationToken cancel)
    {
        using var arrival = new ArrivalFolder();
        await using FileStream? bundle = BundleFile.TryOpen(path, arrival);
        if (bundle is not null)
            await OfBundleAsync(bundle, cancel);
        else
            OfTranscript(LocalCatalog.OpenFile(Path.GetFullPath(path)));
    }

    // It stays on this machine, and is shown as it is.
    private static void OfTranscript(Transcript transcript)
    {
        var session = new OutgoingSession(transcript, Machine.Redaction(transcript.Info)) { Redacts = false };
        LocalPage.Open(session.Header(session.Learn(CancellationToken.None)), transcript.Entries(), []);
    }

    private static async Task OfBundleAsync(FileStream bundle, CancellationToken cancel)
    {
        try
        {
            var rewinds = new List<Rewind>();
            long seq = 0;
            (_, IAsyncEnumerable<Entry> surveyed) = await ReadAsync(bundle, cancel);
            await foreach (Entry entry in surveyed)
            {
                if (Rewind.Of(entry, ++seq) is { } rewind)
                    rewinds.Add(rewind);
            }
            (SessionHeader header, IAsyncEnumerable<Entry> entries) = await ReadAsync(bundle, cancel);
            await Task.Run(() => LocalPage.Open(header, entries.ToBlockingEnumerable(cancel), rewinds), CancellationToken.None);
        }
        catch (BundleException e)
        {
            throw new Failure(DisplayText.OneLine(e.Message));
        }
    }

    private static async Task<(SessionHeader Header, IAsyncEnumerable<Entry> Entries)> ReadAsync(FileStream bundle, CancellationToken cancel)
    {
        bundle.Position = 0;
        var reader = new BundleReader(PipeReader.Create(bundle, new StreamPipeReaderOptions(leaveOpen: true)));
        return (await reader.ReadHeaderAsync(cancel), reader.ReadEntriesAsync(cancel));
    }
}
