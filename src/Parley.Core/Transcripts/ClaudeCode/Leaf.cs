namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>
/// Finds the newest line of the conversation: the leaf that the last <c>last-prompt</c> line names, extended to its newest descendant;
/// without one, the last leaf in the file's order. Times are not looked at, since lines are not written in their order.
/// </summary>
internal sealed class Leaf
{
    private readonly TranscriptIndex _index;
    private readonly Window _window;
    private readonly Numbered<bool> _isParent;

    private Leaf(TranscriptIndex index, Window window)
    {
        (_index, _window) = (index, window);
        _isParent = new Numbered<bool>(window.Line, index.Nodes.Count);
        for (int i = window.Line; i < index.Nodes.Count; i++)
        {
            if (Counts(i) && ParentOf(i) is var parent and >= 0)
                _isParent[parent] = true;
        }
    }

    /// <summary>The number of the leaf, or -1 when the transcript holds no conversation.</summary>
    public static int Find(TranscriptIndex index, Window window)
    {
        var leaf = new Leaf(index, window);
        int named = leaf.NamedLeaf();
        return leaf.Newest(named < 0 ? null : leaf.DescendantsOf(named));
    }

    private bool Counts(int line) =>
        _index.Nodes[line].Kind != LineKind.Missing && (_index.IsSidechain || !_index.Nodes[line].Has(LineFlags.Sidechain));

    private int ParentOf(int line)
    {
        int parent = _index.Nodes[line].Parent;
        if (parent < 0 && _index.Compactions.TryGetValue(line, out Compaction? compaction))
            parent = compaction.LogicalParent;
        return _window.Covers(parent) ? parent : -1;
    }

    // A name that leads nowhere is as if it had not been written. The window descends from what was named before it.
    private int NamedLeaf()
    {
        for (int i = _index.LastPrompts.Count - 1; i >= 0; i--)
        {
            if (Counts(_index.LastPrompts[i]))
                return Math.Max(_index.LastPrompts[i], _window.Line);
        }
        return -1;
    }

    private int Newest(Numbered<bool>? among)
    {
        int newest = -1;
        bool newestIsParent = true;
        for (int i = _window.Line; i < _index.Nodes.Count; i++)
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

    private Numbered<bool> DescendantsOf(int ancestor)
    {
        var isDescendant = new Numbered<bool>(_window.Line, _index.Nodes.Count);
        var isKnown = new Numbered<bool>(_window.Line, _index.Nodes.Count);
        isDescendant[ancestor] = isKnown[ancestor] = true;
        var path = new Stack<int>();
        for (int i = _window.Line; i < _index.Nodes.Count; i++)
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
