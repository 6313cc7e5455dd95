namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>The path from the beginning of the conversation to its leaf, across compactions, and what hangs off it where.</summary>
internal sealed class Branch
{
    // How far a line whose parent is lost, or that lies beside the path, looks for the path.
    private const int MaxSteps = 100;

    private readonly TranscriptIndex _index;
    private readonly Window _window;
    private readonly List<int> _path = [];
    private readonly Dictionary<int, int> _earlierParentsTaken = [];

    // For each line: its place on the path + 1; 0 unknown; for a line beside the path, how deep it would lie there, negative.
    private readonly Numbered<int> _depths;
    private int[]? _fileOrder;

    private Branch(TranscriptIndex index, Window window)
    {
        (_index, _window) = (index, window);
        _depths = new Numbered<int>(window.Line, index.Nodes.Count);
    }

    /// <summary>The lines from the first to the leaf.</summary>
    public IReadOnlyList<int> Path => _path;

    public static Branch Find(TranscriptIndex index, Window window)
    {
        var branch = new Branch(index, window);
        for (int line = Leaf.Find(index, window); line >= 0; line = branch.Before(line))
        {
            branch._depths[line] = 1;
            branch._path.Add(line);
        }
        branch._path.Reverse();
        for (int i = 0; i < branch._path.Count; i++)
            branch._depths[branch._path[i]] = i + 1;
        return branch;
    }

    public bool Contains(int line) => _depths[line] > 0;

    /// <summary>Where a line lies: its place on the path, or for one beside it, that of the line it hangs off and its distance from there.</summary>
    public int DepthOf(int line)
    {
        int distance = 0;
        int at = line;
        for (; _window.Covers(at) && _depths[at] == 0 && distance <= MaxSteps; at = _index.Nodes[at].Parent)
            distance++;
        return distance + (_window.Covers(at) ? _depths[at] : 0);
    }

    // The line before this one on the path, or -1. No line is visited twice: compaction can make a circle, and so can a stranger.
    private int Before(int line)
    {
        int parent = _index.Nodes[line].Parent;
        if (line == _window.Line && parent >= 0 && parent < line)
            return -1;
        if (parent < 0 && _index.Compactions.TryGetValue(line, out Compaction? compaction))
            parent = compaction.LogicalParent;
        else if (parent < 0)
            return -1;
        if (parent < 0 || _index.Nodes[parent].Kind == LineKind.Missing)
            return PrecedingInFile(line);
        return Contains(parent) ? EarlierParent(parent) : parent;
    }

    // Automatic compaction writes the pending prompt again, below the compaction: its earlier version leads on.
    private int EarlierParent(int line)
    {
        if (!_index.EarlierParents.TryGetValue(line, out List<int>? parents))
            return -1;
        for (int taken = _earlierParentsTaken.GetValueOrDefault(line); taken < parents.Count; taken++)
        {
            int parent = parents[taken];
            _earlierParentsTaken[line] = taken + 1;
            if (!Contains(parent) && _index.Nodes[parent].Kind != LineKind.Missing)
                return parent;
        }
        return -1;
    }

    // Where the parent's line is lost, the conversation before it isn't: it goes on at the line that was written before.
    private int PrecedingInFile(int line)
    {
        int[] order = _fileOrder ??= FileOrder();
        int at = Array.BinarySearch(order, line, Comparer<int>.Create((a, b) => _index.Nodes[a].Offset.CompareTo(_index.Nodes[b].Offset)));
        for (int i = at - 1; i >= Math.Max(0, at - MaxSteps); i--)
        {
            bool isSameChain = _index.Nodes[order[i]].Has(LineFlags.Sidechain) == _index.Nodes[line].Has(LineFlags.Sidechain);
            if (isSameChain && !Contains(order[i]))
                return order[i];
        }
        return -1;
    }

    private int[] FileOrder()
    {
        int[] order = [.. Enumerable.Range(_window.Line, _index.Nodes.Count - _window.Line).Where(i => _index.Nodes[i].Kind != LineKind.Missing)];
        Array.Sort(order, (a, b) => _index.Nodes[a].Offset.CompareTo(_index.Nodes[b].Offset));
        return order;
    }
}
