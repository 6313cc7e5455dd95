namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>
/// The newest tool results that stand in files of their own. The client writes such a file before the line that names it, but it may come later
/// by another way, or piece by piece.
/// </summary>
internal sealed class WatchedOutputs
{
    /// <summary>How many are watched.</summary>
    public const int MaxWatched = 64;

    private const long Unknown = -1;

    private readonly Queue<Output> _outputs = [];

    /// <summary>Whether an entry's outputs are watched.</summary>
    public bool Has(int number) => _outputs.Any(output => output.Number == number);

    public void Add(int number, string path)
    {
        _outputs.Enqueue(new Output(number, path) { Length = Unknown });
        if (_outputs.Count > MaxWatched)
            _outputs.Dequeue();
    }

    /// <summary>The numbers of the entries whose outputs are not what they were the last time.</summary>
    public SortedSet<int> Changed(PersistedOutputs outputs)
    {
        var changed = new SortedSet<int>();
        foreach (Output output in _outputs)
        {
            long length = outputs.LengthOf(output.Path);
            if (length != output.Length && output.Length != Unknown)
                changed.Add(output.Number);
            output.Length = length;
        }
        return changed;
    }

    private sealed record Output(int Number, string Path)
    {
        public long Length { get; set; }
    }
}
