namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>
/// Decides what a reader of a transcript sees, and in which order: from the beginning to the newest leaf, without abandoned branches,
/// with the parallel calls and results that hang off the path, and compactions before what they left as it was.
/// </summary>
internal sealed class Resolution
{
    private readonly TranscriptIndex _index;
    private readonly Conversation _conversation;
    private readonly Branch _branch;
    private readonly Answers _answers;
    private readonly Numbered<bool> _isDone;
    private readonly Numbered<int> _results;
    private readonly Dictionary<int, int> _boundaryBefore = [];
    private int _lastShown = -1;

    private Resolution(TranscriptIndex index, Conversation conversation, Window window)
    {
        (_index, _conversation) = (index, conversation);
        _branch = Branch.Find(index, window);
        _answers = new Answers(index, window, _branch);
        _isDone = new Numbered<bool>(window.Line, index.Nodes.Count);
        _results = new Numbered<int>(window.Tool, index.ToolCount);
        _results.Fill(-1);
    }

    /// <summary>Replaces what the conversation has of the window, and leaves what is before it.</summary>
    /// <returns>False where the conversation doesn't go on from the window's first line; then it stays as it was.</returns>
    public static bool TryResolve(TranscriptIndex index, Conversation conversation, Window window)
    {
        var resolution = new Resolution(index, conversation, window);
        if (window != Window.Whole && resolution._branch.Path.FirstOrDefault(-1) != window.Line)
            return false;
        resolution.ChooseResults(window);
        resolution.PlaceBoundaries(window);
        conversation.Begin(index, window);
        resolution.AddPath();
        return true;
    }

    private Node Node(int line) => _index.Nodes[line];

    // Of several results of a call, the one on the path is shown; without one there, the last.
    private void ChooseResults(Window window)
    {
        for (int i = window.Mention; i < _index.Mentions.Count; i++)
        {
            Mention mention = _index.Mentions[i];
            if (!mention.IsResult || Node(mention.Line).Kind != LineKind.ToolResult)
                continue;
            ref int result = ref _results[mention.Tool];
            if (result < 0 || !_branch.Contains(result))
                result = mention.Line;
        }
    }

    // What a compaction preserved is shown after its summary, as the model sees it.
    private void PlaceBoundaries(Window window)
    {
        foreach ((int boundary, Compaction compaction) in _index.Compactions)
        {
            if (!window.Covers(boundary))
                continue;
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

    private int FirstOfMessage(int line) => _answers.Of(line) is var answer and >= 0 ? _answers.FirstLine(answer) : line;

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
            case LineKind.Assistant when _answers.Of(line) is var answer and >= 0:
                AddAnswer(answer);
                break;
            default:
                AddStep(line);
                break;
        }
    }

    private void AddStep(int line)
    {
        _conversation.AddStep(line);
        Finish(line);
    }

    private void Finish(int line)
    {
        _isDone[line] = true;
        foreach (Mention mention in _index.MentionsOf(line))
        {
            if (!mention.IsResult)
                _conversation.AddCall(mention.Tool, line);
        }
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
            {
                _conversation.Continue(line, boundary);
                _isDone[line] = true;
            }
            return;
        }
    }

    private void AddAnswer(int answer)
    {
        List<int> lines = LinesOf(answer);
        // A call beside the path that never got a result is a branch that died, once the conversation has gone on without it.
        if (!lines.Exists(IsLastShown))
            lines.RemoveAll(line => !_branch.Contains(line) && IsUnanswered(line));
        var results = new List<int>();
        _conversation.AddStep(lines[0], _answers.HasOthersId(answer));
        for (int i = 0; i < lines.Count; i++)
        {
            if (i > 0)
                _conversation.Continue(lines[i], lines[i - 1]);
            Finish(lines[i]);
            AddResultsTo(results, lines[i]);
        }
        results.Sort((a, b) => Node(a).Offset.CompareTo(Node(b).Offset));
        foreach (int result in results)
        {
            if (!_isDone[result])
                AddStep(result);
        }
    }

    private List<int> LinesOf(int answer)
    {
        var lines = new List<(int Depth, long Offset, int Line)>();
        for (int line = _answers.FirstLine(answer); line >= 0; line = _answers.Next(line))
            lines.Add((_branch.DepthOf(line), Node(line).Offset, line));
        lines.Sort();
        return lines.ConvertAll(l => l.Line);
    }

    private void AddResultsTo(List<int> results, int line)
    {
        foreach (Mention mention in _index.MentionsOf(line))
        {
            if (!mention.IsResult && _results[mention.Tool] is var result and >= 0)
                results.Add(result);
        }
    }

    private bool IsUnanswered(int line)
    {
        foreach (Mention mention in _index.MentionsOf(line))
        {
            if (!mention.IsResult && _results[mention.Tool] < 0)
                return true;
        }
        return false;
    }

    // Whether the line, or the result of a call in it, is the end of the conversation.
    private bool IsLastShown(int line)
    {
        bool isLast = line == _lastShown;
        foreach (Mention call in _index.MentionsOf(line))
            isLast |= _results[call.Tool] == _lastShown;
        return isLast;
    }
}
