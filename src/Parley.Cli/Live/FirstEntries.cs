using Parley.Core.Sessions;
using Parley.Core.Transcripts;

namespace Parley.Cli.Live;

/// <summary>What is there when a session begins to be shared live.</summary>
internal sealed class FirstEntries(LiveEntries entries, LiveLog log)
{
    // Of each entry that waits, in order; null for one that stays here.
    private readonly List<UInt128?> _digests = [];

    /// <summary>The entries that go out, in order.</summary>
    public IEnumerable<Entry> Entries()
    {
        foreach (LiveItem item in log.Next)
        {
            LiveEntry? entry = entries.Make(item.From);
            _digests.Add(entry?.Digest);
            if (entry is not null)
                yield return entry.Entry;
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
