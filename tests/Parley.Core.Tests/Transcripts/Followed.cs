using Parley.Core.Sessions;
using Parley.Core.Transcripts;
using Xunit;

namespace Parley.Core.Tests.Transcripts;

/// <summary>What somebody has who applies a follower's changes in order, and how it is held against what a reader gives.</summary>
internal sealed class Followed : IDisposable
{
    private readonly SortedDictionary<int, string> _entries = [];

    public Followed(string path, IEnumerable<GivenEntry>? given = null) => Follower = TranscriptFollower.Open(path, given);

    public TranscriptFollower Follower { get; }

    /// <summary>Entries that were rewound, counted.</summary>
    public int Rewound { get; private set; }

    public IReadOnlyList<TranscriptChange> Poll()
    {
        IReadOnlyList<TranscriptChange> changes = Follower.Poll();
        foreach (TranscriptChange change in changes)
            Apply(change);
        return changes;
    }

    /// <summary>The entries in the order of their numbers, in the form of <see cref="Scratch.Describe(Entry)"/>.</summary>
    public IReadOnlyList<string> Described() => [.. _entries.Keys.Select(number => Scratch.Describe(Follower.Read(number)!))];

    /// <summary>The same with a follower of its own, as after a restart.</summary>
    public Followed Another()
    {
        var another = new Followed(Follower.Path, [.. Enumerable.Range(1, Follower.Last).Select(number => Follower[number])]);
        foreach ((int number, string text) in _entries)
            another._entries.Add(number, text);
        Dispose();
        return another;
    }

    /// <summary>Asserts that what was applied is what a reader gives, each thread in its order.</summary>
    public void AssertIsWhatAReaderGives(string path)
    {
        string[] read = [.. TranscriptReader.Open(path).Entries().Select(Text)];
        Assert.Equal(ByThread(read), ByThread(_entries.Values));
    }

    public void Dispose() => Follower.Dispose();

    private void Apply(TranscriptChange change)
    {
        for (int number = change.From; number <= change.To; number++)
        {
            if (change.Kind == ChangeKind.Rewound)
                Rewound += _entries.Remove(number) ? 1 : 0;
            else if (change.Kind == ChangeKind.Appended)
                _entries.Add(number, Text(Follower.Read(number)!));
            else
                _entries[number] = Text(Follower.Read(number)!);
        }
    }

    private static IEnumerable<string> ByThread(IEnumerable<string> entries) => entries.OrderBy(entry => entry[..entry.IndexOf('\n')], StringComparer.Ordinal);

    private static string Text(Entry entry) => $"{entry.Thread}\n{entry.Role} {entry.Timestamp} {entry.Model} {entry.Usage}\n{Blocks.Text(entry)}";
}
