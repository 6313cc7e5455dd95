namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>One conversation of a followed transcript, the main one or a subagent's, and which of its entries were given out.</summary>
/// <param name="id">Names the thread; 0 for the main one.</param>
/// <param name="file">Its file.</param>
/// <param name="toolCall">The call that started it; null for the main one.</param>
internal sealed class FollowedThread(ulong id, ConversationFile file, string? toolCall)
{
    private readonly CompactList<Shown> _shown = new();

    public ulong Id => id;

    public ConversationFile File { get; private set; } = file;

    public string? ToolCall { get; set; } = toolCall;

    /// <summary>The subagents that calls in it started, by the place of the call.</summary>
    public List<(int Place, FollowedThread Thread)> Children { get; } = [];

    /// <summary>The number of the entry whose call started it; 0 for the main one.</summary>
    public int Caller { get; set; }

    /// <summary>How many of its entries were given out and are still in the conversation.</summary>
    public int Count => _shown.Count;

    /// <summary>The number that the entry at a place was given out with.</summary>
    public int NumberAt(int place) => _shown[place].Number;

    /// <summary>Reads what the file has got. One that was written anew is read from its beginning.</summary>
    public Growth Continue()
    {
        Growth growth = File.Continue();
        if (growth != Growth.Replaced)
            return growth;
        File = ConversationFile.Follow(File.Path);
        File.Continue();
        return Growth.Grown;
    }

    /// <summary>How many entries at the beginning are those that were given out.</summary>
    public int CommonLength(Func<int, ulong> keyOf)
    {
        int common = Math.Min(File.Unchanged, _shown.Count);
        int most = Math.Min(_shown.Count, File.Count);
        while (common < most && keyOf(_shown[common].Number) == File.KeyOf(common))
            common++;
        return common;
    }

    /// <summary>The numbers of the entries that have changed since they were given out.</summary>
    public IEnumerable<int> TakeCorrections()
    {
        for (int place = File.Unchanged; place < _shown.Count; place++)
        {
            ulong print = File.FingerprintOf(place);
            if (print == _shown[place].Fingerprint)
                continue;
            _shown[place].Fingerprint = print;
            yield return _shown[place].Number;
        }
    }

    /// <summary>Remembers that the entry at the next place was given out.</summary>
    public void Add(int number) => _shown.Add(new Shown { Number = number, Fingerprint = File.FingerprintOf(_shown.Count) });

    /// <summary>Remembers an entry that was given out by another follower, which did not tell what it was made of.</summary>
    public void Restore(int number) => _shown.Add(new Shown { Number = number });

    /// <summary>Forgets the entries from a place on.</summary>
    public void Cut(int place) => _shown.Cut(place);

    /// <summary>The place of the entry with this number, or -1.</summary>
    public int PlaceOf(int number)
    {
        int low = 0, high = _shown.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (_shown[middle].Number == number)
                return middle;
            if (_shown[middle].Number < number)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return -1;
    }

    private struct Shown
    {
        public int Number;
        public ulong Fingerprint;
    }
}
