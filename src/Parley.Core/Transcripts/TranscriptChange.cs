namespace Parley.Core.Transcripts;

/// <summary>What has changed about the entries of a transcript that is followed.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="From">The number of the entry, or of the first one.</param>
/// <param name="To">The number of the last one; the same where there is one only.</param>
public readonly record struct TranscriptChange(ChangeKind Kind, int From, int To)
{
    public static TranscriptChange Appended(int number) => new(ChangeKind.Appended, number, number);

    public static TranscriptChange Corrected(int number) => new(ChangeKind.Corrected, number, number);

    public static TranscriptChange Rewound(int from, int to) => new(ChangeKind.Rewound, from, to);
}

public enum ChangeKind
{
    /// <summary>An entry has come, with the number after the last one's.</summary>
    Appended,

    /// <summary>An entry is not what it was, or is looked at for the first time since the follower was opened with it.</summary>
    Corrected,

    /// <summary>The conversation has gone on from before these entries, which are no longer in it. They keep their numbers.</summary>
    Rewound,
}

/// <summary>An entry as a follower remembers it, from which another one can go on: see <see cref="TranscriptFollower.Open"/>.</summary>
/// <param name="Key">Names the entry within its thread.</param>
/// <param name="Thread">Names the file that it stands in; 0 for the transcript itself.</param>
/// <param name="IsRewound">Whether it is no longer in the conversation.</param>
public readonly record struct GivenEntry(ulong Key, ulong Thread, bool IsRewound);
