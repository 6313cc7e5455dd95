using Microsoft.Win32.SafeHandles;
using Parley.Core.Sessions;
using Parley.Core.Transcripts.ClaudeCode;

namespace Parley.Core.Transcripts;

/// <summary>
/// Follows a transcript of Claude Code while its client writes it: each poll reads what has been added and tells what that changes about the
/// entries. It holds no content: an entry is read from the file when it is asked for. Not thread-safe.
/// </summary>
/// <remarks>
/// Entries are numbered from 1 in the order in which they come, and keep their numbers. Without those that were rewound, the entries of each
/// thread are, in the order of their numbers, those that <see cref="Transcript.Entries"/> gives of the file; a subagent's stand behind the
/// entry whose call started it, but not always right behind it, since it works while others go on.
/// </remarks>
public sealed class TranscriptFollower : IDisposable
{
    private readonly CompactList<Given> _given = new();
    private readonly List<FollowedThread> _threads = [];
    private readonly List<TranscriptChange> _changes = [];
    private readonly SortedSet<int> _rewound = [];
    private readonly WatchedOutputs _outputs = new();
    private SidecarFolder _sidecars;
    private OpenThread? _open;

    private TranscriptFollower(string path)
    {
        _threads.Add(new FollowedThread(0, ConversationFile.Follow(path), toolCall: null));
        _sidecars = SidecarFolder.Beside(Main.File.Path);
    }

    /// <summary>Where the transcript is; it moves with its client's working directory.</summary>
    public string Path => Main.File.Path;

    /// <summary>The number of the last entry that was given out.</summary>
    public int Last => _given.Count;

    private FollowedThread Main => _threads[0];

    /// <summary>Opens a transcript, which need not be there yet. Nothing is read before the first poll.</summary>
    /// <param name="path">The transcript's main file.</param>
    /// <param name="given">The entries that another follower gave out, by number, to go on behind them; the first poll calls all of them corrected
    /// that are still in the conversation.</param>
    public static TranscriptFollower Open(string path, IEnumerable<GivenEntry>? given = null)
    {
        var follower = new TranscriptFollower(System.IO.Path.GetFullPath(path));
        foreach (GivenEntry entry in given ?? [])
            follower.Restore(entry);
        return follower;
    }

    /// <summary>The title that a person or the agent gave; null while there is none.</summary>
    public string? Title => Main.File.Title;

    /// <summary>What the transcript tells of its session, subagents left out.</summary>
    public TranscriptInfo Info() => Main.File.Info();

    /// <summary>Reads what has been written since the last poll.</summary>
    /// <returns>What it changes, in this order: entries that are no longer in the conversation, entries that have changed, entries that have come.</returns>
    /// <exception cref="IOException">The transcript can't be read now.</exception>
    public IReadOnlyList<TranscriptChange> Poll()
    {
        _changes.Clear();
        if (Continue())
        {
            Close();
            Attach();
            Rewind();
            foreach (FollowedThread thread in _threads)
                Correct(thread);
            Append(Main);
        }
        foreach (int number in _outputs.Changed(new PersistedOutputs(_sidecars)))
        {
            if (!IsRewound(number) && !_changes.Contains(TranscriptChange.Corrected(number)))
                _changes.Add(TranscriptChange.Corrected(number));
        }
        return [.. _changes];
    }

    /// <summary>
    /// An entry as it stands in the transcript now, rewound ones as well; null when it isn't there any more. Its blocks are valid until the next
    /// call of any method.
    /// </summary>
    /// <exception cref="IOException">The transcript can't be read now.</exception>
    public Entry? Read(int number)
    {
        FollowedThread thread = ThreadOf(number);
        return thread.PlaceOf(number) is var place and >= 0
            ? thread.File.EntryAt(place, BuilderOf(thread))
            : thread.File.FormerEntry(_given[number - 1].Key, BuilderOf(thread));
    }

    /// <summary>Whether an entry is no longer in the conversation.</summary>
    public bool IsRewound(int number) => _given[number - 1].IsRewound;

    /// <summary>An entry in the form that another follower can go on from.</summary>
    public GivenEntry this[int number]
    {
        get
        {
            Given given = _given[number - 1];
            return new GivenEntry(given.Key, _threads[given.Thread].Id, given.IsRewound);
        }
    }

    public void Dispose() => Close();

    private FollowedThread ThreadOf(int number) => _threads[_given[number - 1].Thread];

    private EntryBuilder BuilderOf(FollowedThread thread)
    {
        if (_open?.Thread != thread)
        {
            Close();
            _open = OpenThread.Of(thread, new PersistedOutputs(_sidecars));
        }
        return _open.Builder;
    }

    private void Restore(GivenEntry entry)
    {
        int thread = _threads.FindIndex(t => t.Id == entry.Thread);
        if (thread < 0)
        {
            thread = _threads.Count;
            _threads.Add(new FollowedThread(entry.Thread, ConversationFile.Follow(Path), toolCall: null));
        }
        _given.Add(new Given { Key = entry.Key, Thread = thread, IsRewound = entry.IsRewound });
        if (!entry.IsRewound)
            _threads[thread].Restore(_given.Count);
    }

    // Whether anything has been read.
    private bool Continue()
    {
        Growth growth = Main.Continue();
        if (growth == Growth.Gone && MovedTo() is { } path)
        {
            Main.File.Path = path;
            _sidecars = SidecarFolder.Beside(path);
            growth = Main.Continue();
        }
        bool hasGrown = FindSubagents() | growth == Growth.Grown;
        foreach (FollowedThread thread in _threads.Skip(1))
            hasGrown |= thread.ToolCall is not null && thread.Continue() == Growth.Grown;
        return hasGrown;
    }

    // A client that changes its working directory moves its transcript to that directory's project folder.
    private string? MovedTo()
    {
        string name = System.IO.Path.GetFileName(Path);
        if (System.IO.Path.GetDirectoryName(System.IO.Path.GetDirectoryName(Path)) is not { } projects || !Directory.Exists(projects))
            return null;
        return Directory.GetDirectories(projects).Select(folder => System.IO.Path.Combine(folder, name)).Where(Main.File.GoesOnAt)
            .MaxBy(File.GetLastWriteTimeUtc);
    }

    private bool FindSubagents()
    {
        bool any = false;
        foreach ((string path, string toolCall) in Subagents.Find(_sidecars, path => _threads.Exists(t => t.ToolCall is not null && t.File.Path == path)))
        {
            any = true;
            ulong id = (ulong)IdHash.Of(System.IO.Path.GetFileName(path)) | 1;
            FollowedThread? known = _threads.Find(thread => thread.Id == id);
            if (known is null)
                _threads.Add(known = new FollowedThread(id, ConversationFile.Follow(path), toolCall));
            (known.ToolCall, known.File.Path) = (toolCall, path);
        }
        return any;
    }

    // Each subagent is hung up once, so that transcripts that name each other end somewhere.
    private void Attach()
    {
        var free = new List<FollowedThread>();
        foreach (FollowedThread thread in _threads)
        {
            thread.Children.Clear();
            if (thread.ToolCall is not null)
                free.Add(thread);
        }
        free.Sort((a, b) => string.CompareOrdinal(a.File.Path, b.File.Path));
        AttachTo(Main, free);
    }

    private static void AttachTo(FollowedThread parent, List<FollowedThread> free)
    {
        foreach ((int place, string toolCall) in parent.File.PlacesOf(free.Select(thread => thread.ToolCall!).Distinct()).ToList())
        {
            foreach (FollowedThread thread in free.FindAll(thread => thread.ToolCall == toolCall))
            {
                if (!free.Remove(thread))
                    continue;
                parent.Children.Add((place, thread));
                AttachTo(thread, free);
            }
        }
    }

    private void Rewind()
    {
        _rewound.Clear();
        var attached = new HashSet<FollowedThread>();
        Collect(Main, attached);
        foreach (FollowedThread thread in _threads)
            Rewind(thread, attached.Contains(thread) ? thread.CommonLength(number => _given[number - 1].Key) : 0);
        foreach (int number in _rewound)
        {
            if (_changes.Count > 0 && IsRewoundBetween(_changes[^1].To, number))
                _changes[^1] = _changes[^1] with { To = number };
            else
                _changes.Add(TranscriptChange.Rewound(number, number));
        }
    }

    private static void Collect(FollowedThread thread, HashSet<FollowedThread> attached)
    {
        attached.Add(thread);
        foreach ((_, FollowedThread child) in thread.Children)
            Collect(child, attached);
    }

    // What hangs off an entry goes with it.
    private void Rewind(FollowedThread thread, int place)
    {
        for (int i = place; i < thread.Count; i++)
        {
            int number = thread.NumberAt(i);
            _given[number - 1].IsRewound = true;
            _rewound.Add(number);
            foreach (FollowedThread child in _threads.Where(child => child.Caller == number))
                Rewind(child, 0);
        }
        thread.Cut(place);
    }

    private void Correct(FollowedThread thread)
    {
        foreach (int number in thread.TakeCorrections())
        {
            _changes.Add(TranscriptChange.Corrected(number));
            if (!_outputs.Has(number))
                Watch(thread, thread.PlaceOf(number));
        }
    }

    private bool IsRewoundBetween(int from, int to)
    {
        for (int number = from + 1; number < to; number++)
        {
            if (!IsRewound(number))
                return false;
        }
        return true;
    }

    private void Append(FollowedThread thread)
    {
        int given = thread.Count;
        int child = 0;
        for (; child < thread.Children.Count && thread.Children[child].Place < given; child++)
            AppendChild(thread, child);
        for (int place = given; place < thread.File.Count; place++)
        {
            _given.Add(new Given { Key = thread.File.KeyOf(place), Thread = _threads.IndexOf(thread) });
            thread.Add(_given.Count);
            _changes.Add(TranscriptChange.Appended(_given.Count));
            Watch(thread, place);
            for (; child < thread.Children.Count && thread.Children[child].Place == place; child++)
                AppendChild(thread, child);
        }
    }

    private void AppendChild(FollowedThread parent, int child)
    {
        (int place, FollowedThread thread) = parent.Children[child];
        thread.Caller = parent.NumberAt(place);
        Append(thread);
    }

    private void Watch(FollowedThread thread, int place)
    {
        foreach (string path in thread.File.OutputsAt(place, BuilderOf(thread)))
            _outputs.Add(thread.NumberAt(place), path);
    }

    private void Close()
    {
        _open?.File.Dispose();
        _open = null;
    }

    private struct Given
    {
        public ulong Key;
        public int Thread;
        public bool IsRewound;
    }

    private sealed record OpenThread(FollowedThread Thread, SafeFileHandle File, EntryBuilder Builder)
    {
        public static OpenThread Of(FollowedThread thread, PersistedOutputs outputs)
        {
            SafeFileHandle file = TranscriptFile.Open(thread.File.Path);
            return new OpenThread(thread, file, thread.File.Builder(file, outputs, thread.ToolCall));
        }
    }
}
