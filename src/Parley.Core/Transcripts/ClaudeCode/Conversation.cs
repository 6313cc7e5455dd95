namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>
/// Decides what a reader of a transcript sees, and in which order: from the beginning to the newest leaf, without abandoned branches,
/// with the parallel calls and results that hang off the path, and compactions before what they left as it was.
/// </summary>
internal sealed class Conversation
{
    private readonly TranscriptIndex _index;
    private readonly Branch _branch;
    private readonly CompactList<int> _steps = new();
    private readonly bool[] _isDone;
    private readonly Dictionary<int, int> _boundaryBefore = [];
    private int _lastShown = -1;

    private Conversation(TranscriptIndex index)
    {
        _index = index;
        _branch = Branch.Find(index);
        _isDone = new bool[index.Nodes.Count];
    }

    /// <summary>The first line of each step, a step being what becomes one entry; further lines follow by <see cref="Node.NextOfStep"/>.</summary>
    public static CompactList<int> Resolve(TranscriptIndex index)
    {
        var conversation = new Conversation(index);
        new MessageLinks(index, conversation._branch).Link();
        conversation.ChooseResults();
        conversation.PlaceBoundaries();
        conversation.AddPath();
        return conversation._steps;
    }

    private ref Node Node(int line) => ref _index.Nodes[line];

    // Of several results of a call, the one on the path is shown; without one there, the last.
    private void ChooseResults()
    {
        for (int i = 0; i < _index.Mentions.Count; i++)
        {
            Mention mention = _index.Mentions[i];
            if (!mention.IsResult || Node(mention.Line).Kind != LineKind.ToolResult)
                continue;
            ref int result = ref _index.Tools[mention.Tool].Result;
            if (result < 0 || !_branch.Contains(result))
                result = mention.Line;
        }
    }

    // What a compaction preserved is shown after its summary, as the model sees it.
    private void PlaceBoundaries()
    {
        foreach ((int boundary, Compaction compaction) in _index.Compactions)
        {
            int first = boundary;
            foreach (int line in compaction.Preserved)
            {
                if (_branch.Contains(line) && _branch.DepthOf(line) < _branch.DepthOf(first))
                    first = FirstOfMessage(line);
            }
            if (_branch.Contains(boundary) && first != boundary)
                _boundaryBefore.TryAdd(first, boundary);
        }
    }

    private int FirstOfMessage(int line) => Node(line).Message is var message and >= 0 ? _index.Messages[message].FirstLine : line;

    private void AddPath()
    {
        _lastShown = _branch.Path.LastOrDefault(line => Node(line).Kind != LineKind.Hidden, -1);
        for (int i = 0; i < _branch.Path.Count; i++)
        {
            int line = _branch.Path[i];
            if (_boundaryBefore.TryGetValue(line, out int boundary))
                AddCompaction(boundary);
            if (!_isDone[line])
                AddLine(line, i);
        }
    }

    private void AddLine(int line, int place)
    {
        switch (Node(line).Kind)
        {
            case LineKind.Hidden:
                break;
            case LineKind.Boundary:
                AddCompaction(line);
                break;
            case LineKind.Assistant when Node(line).Has(LineFlags.NoResponse):
            case LineKind.Prompt when Node(line).Has(LineFlags.Continue) && IsBeforeNoResponse(place):
                break;
            case LineKind.Assistant when Node(line).Message is var message and >= 0:
                AddMessage(message);
                break;
            default:
                AddStep(line);
                break;
        }
    }

    private void AddStep(int line)
    {
        _steps.Add(line);
        _isDone[line] = true;
    }

    private bool IsBeforeNoResponse(int place)
    {
        for (int i = place + 1; i < _branch.Path.Count; i++)
        {
            if (Node(_branch.Path[i]).Kind != LineKind.Hidden)
                return Node(_branch.Path[i]).Has(LineFlags.NoResponse);
        }
        return false;
    }

    private void AddCompaction(int boundary)
    {
        if (_isDone[boundary])
            return;
        AddStep(boundary);
        for (int i = _branch.DepthOf(boundary); i < _branch.Path.Count; i++)
        {
            int line = _branch.Path[i];
            if (Node(line).Kind == LineKind.Hidden)
                continue;
            if (Node(line).Kind == LineKind.Summary)
                (Node(boundary).NextOfStep, _isDone[line]) = (line, true);
            return;
        }
    }

    private void AddMessage(int message)
    {
        List<int> lines = LinesOf(message);
        // A call beside the path that never got a result is a branch that died, once the conversation has gone on without it.
        if (!lines.Exists(IsLastShown))
            lines.RemoveAll(line => !_branch.Contains(line) && IsUnanswered(line));
        var results = new List<int>();
        for (int i = 0; i < lines.Count; i++)
        {
            Node(lines[i]).NextOfStep = i + 1 < lines.Count ? lines[i + 1] : -1;
            _isDone[lines[i]] = true;
            AddResultsTo(results, lines[i]);
        }
        _steps.Add(lines[0]);
        results.Sort((a, b) => Node(a).Offset.CompareTo(Node(b).Offset));
        foreach (int result in results)
        {
            if (!_isDone[result])
                AddStep(result);
        }
    }

    private List<int> LinesOf(int message)
    {
        var lines = new List<(int Depth, long Offset, int Line)>();
        for (int line = _index.Messages[message].FirstLine; line >= 0; line = Node(line).NextOfStep)
            lines.Add((_branch.DepthOf(line), Node(line).Offset, line));
        lines.Sort();
        return lines.ConvertAll(l => l.Line);
    }

    private void AddResultsTo(List<int> results, int line)
    {
        foreach (Mention mention in _index.MentionsOf(line))
        {
            if (!mention.IsResult && _index.Tools[mention.Tool].Result is var result and >= 0)
                results.Add(result);
        }
    }

    private bool IsUnanswered(int line)
    {
        foreach (Mention mention in _index.MentionsOf(line))
        {
            if (!mention.IsResult && _index.Tools[mention.Tool].Result < 0)
                return true;
        }
        return false;
    }

    // Whether the line, or the result of a call in it, is the end of the conversation.
    private bool IsLastShown(int line)
    {
        bool isLast = line == _lastShown;
        foreach (Mention call in _index.MentionsOf(line))
            isLast |= _index.Tools[call.Tool].Result == _lastShown;
        return isLast;
    }
}
