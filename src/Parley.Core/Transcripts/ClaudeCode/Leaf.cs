namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>
/// Finds the newest line of the conversation: the leaf that the last <c>last-prompt</c> line names, extended to its newest descendant;
/// without one, the last leaf in the file's order. Times are not looked at, since lines are not written in their order.
/// </summary>
internal sealed class Leaf
{
    private readonly TranscriptIndex _index;
    private readonly bool _onlySidechain;
    private readonly bool[] _isParent;

    private Leaf(TranscriptIndex index)
    {
        _index = index;
        _onlySidechain = IsSidechain(index);
        _isParent = new bool[index.Nodes.Count];
        for (int i = 0; i < _isParent.Length; i++)
        {
            if (Counts(i) && ParentOf(i) is var parent and >= 0)
                _isParent[parent] = true;
        }
    }

    /// <summary>The number of the leaf, or -1 when the transcript holds no conversation.</summary>
    public static int Find(TranscriptIndex index)
    {
        var leaf = new Leaf(index);
        int named = leaf.NamedLeaf();
        return leaf.Newest(named < 0 ? null : leaf.DescendantsOf(named));
    }

    /// <summary>Whether the transcript is a subagent's: all its lines are beside a main conversation that is elsewhere.</summary>
    public static bool IsSidechain(TranscriptIndex index)
    {
        bool any = false;
        for (int i = 0; i < index.Nodes.Count; i++)
        {
            if (index.Nodes[i].Kind == LineKind.Missing)
                continue;
            if (!index.Nodes[i].Has(LineFlags.Sidechain))
                return false;
            any = true;
        }
        return any;
    }

    private bool Counts(int line) =>
        _index.Nodes[line].Kind != LineKind.Missing && (_onlySidechain || !_index.Nodes[line].Has(LineFlags.Sidechain));

    private int ParentOf(int line)
    {
        int parent = _index.Nodes[line].Parent;
        return parent < 0 && _index.Compactions.TryGetValue(line, out Compaction? compaction) ? compaction.LogicalParent : parent;
    }

    // A name that leads nowhere is as if it had not been written.
    private int NamedLeaf()
    {
        for (int i = _index.LastPrompts.Count - 1; i >= 0; i--)
        {
            if (Counts(_index.LastPrompts[i]))
                return _index.LastPrompts[i];
        }
        return -1;
    }

    private int Newest(bool[]? among)
    {
        int newest = -1;
        bool newestIsParent = true;
        for (int i = 0; i < _isParent.Length; i++)
        {
            if (!Counts(i) || among is not null && !among[i])
                continue;
            // In a circle every line is a parent: then the last line is as good as any.
            bool isBetter = newest < 0 || newestIsParent && !_isParent[i]
                || newestIsParent == _isParent[i] && _index.Nodes[i].Offset > _index.Nodes[newest].Offset;
            if (isBetter)
                (newest, newestIsParent) = (i, _isParent[i]);
        }
        return newest;
    }

    private bool[] DescendantsOf(int ancestor)
    {
        var isDescendant = new bool[_isParent.Length];
        var isKnown = new bool[_isParent.Length];
        isDescendant[ancestor] = isKnown[ancestor] = true;
        var path = new Stack<int>();
        for (int i = 0; i < _isParent.Length; i++)
        {
            int at = i;
            for (; at >= 0 && !isKnown[at]; at = ParentOf(at))
            {
                isKnown[at] = true;
                path.Push(at);
            }
            bool descends = at >= 0 && isDescendant[at];
            while (path.TryPop(out int line))
                isDescendant[line] = descends;
        }
        return isDescendant;
    }
}
