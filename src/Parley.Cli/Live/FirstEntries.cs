using System.IO.Pipelines;
using Parley.Core.Sessions;
using Parley.Core.Transcripts;

namespace Parley.Cli.Live;

/// <summary>What is there when a session begins to be shared live, as a bundle.</summary>
internal sealed class FirstEntries(SessionHeader header, LiveEntries entries, LiveLog log)
{
    private const int FlushBytes = 128 * 1024;

    // Of each entry that waits, in order; null for one that stays here.
    private readonly List<UInt128?> _digests = [];

    /// <summary>Writes the bundle as fast as its reader takes it, and completes the pipe, with the failure if there was one.</summary>
    public async Task WriteAsync(PipeWriter pipe, CancellationToken cancel)
    {
        try
        {
            var bundle = new BundleWriter(pipe);
            bundle.WriteHeader(header);
            foreach (LiveItem item in log.Next)
            {
                LiveEntry? entry = entries.Make(item.From);
                _digests.Add(entry?.Digest);
                if (entry is not null)
                    bundle.WriteEntry(entry.Entry);
                if (pipe.UnflushedBytes >= FlushBytes && (await pipe.FlushAsync(cancel)).IsCompleted)
                    return;
            }
            bundle.WriteEnd();
            await pipe.CompleteAsync();
        }
        catch (Exception e)
        {
            await pipe.CompleteAsync(e);
            throw;
        }
    }

    /// <summary>Remembers what was written, once the server has it.</summary>
    public void Remember(LiveJournal journal, TranscriptFollower follower)
    {
        foreach (UInt128? digest in _digests)
        {
            int number = log.Next.First().From;
            if (digest is { } sent)
            {
                log.Sent(sent);
                journal.Sent(number, follower[number], sent);
            }
            else
            {
                log.LeftOut();
                journal.LeftOut(number, follower[number]);
            }
        }
        journal.Flush();
    }
}
