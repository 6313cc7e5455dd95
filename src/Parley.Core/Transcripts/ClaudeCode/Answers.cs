namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>
/// The answers of the API that are on the path, and the lines of each: those on the path first, then those beside it, which are the parallel
/// calls.
/// </summary>
internal sealed class Answers
{
    private readonly TranscriptIndex _index;
    private readonly Window _window;
    private readonly Branch _branch;
    private readonly List<Answer> _answers;
    private readonly Numbered<int> _answerOf;
    private readonly Numbered<int> _next;

    public Answers(TranscriptIndex index, Window window, Branch branch)
    {
        (_index, _window, _branch) = (index, window, branch);
        _answers = [.. Enumerable.Repeat(Answer.Empty, index.Messages.Count - window.Message)];
        _answerOf = new Numbered<int>(window.Line, index.Nodes.Count);
        _answerOf.Fill(-1);
        _next = new Numbered<int>(window.Line, index.Nodes.Count);
        _next.Fill(-1);
        Link();
    }

    /// <summary>The number of the answer that a line is a part of, or -1.</summary>
    public int Of(int line) => _answerOf[line];

    /// <summary>The first line of an answer.</summary>
    public int FirstLine(int answer) => _answers[answer].FirstLine;

    /// <summary>The answer's next line, or -1.</summary>
    public int Next(int line) => _next[line];

    /// <summary>Whether an answer has the id of another one before it.</summary>
    public bool HasOthersId(int answer) => answer >= _index.Messages.Count - _window.Message;

    private void Link()
    {
        int prompts = 0;
        foreach (int line in _branch.Path)
        {
            if (_index.Nodes[line].Kind == LineKind.Prompt)
                prompts++;
            if (_index.Nodes[line].Message >= 0)
                LinkOnPath(line, prompts);
        }
        for (int line = _window.Line; line < _index.Nodes.Count; line++)
        {
            int answer = _index.Nodes[line].Message - _window.Message;
            if (_index.Nodes[line].Message >= 0 && !_branch.Contains(line) && _answers[answer] is { FirstLine: >= 0, Successor: < 0 })
                Append(answer, line);
        }
    }

    private void LinkOnPath(int line, int prompts)
    {
        int message = _index.Nodes[line].Message - _window.Message;
        int answer = _answers[message].Successor is var successor and >= 0 ? successor : message;
        // An id that comes again after a prompt is another message's.
        if (_answers[answer].FirstLine >= 0 && _answers[answer].Prompts != prompts)
        {
            answer = _answers.Count;
            _answers.Add(Answer.Empty);
            _answers[message] = _answers[message] with { Successor = answer };
        }
        _answers[answer] = _answers[answer] with { Prompts = prompts };
        Append(answer, line);
    }

    private void Append(int answer, int line)
    {
        Answer to = _answers[answer];
        if (to.FirstLine >= 0)
            _next[to.LastLine] = line;
        _answers[answer] = to with { FirstLine = to.FirstLine < 0 ? line : to.FirstLine, LastLine = line };
        _answerOf[line] = answer;
    }

    /// <param name="FirstLine">The first of its lines, or -1.</param>
    /// <param name="LastLine">The last of them.</param>
    /// <param name="Prompts">How many prompts stand before it.</param>
    /// <param name="Successor">The answer that took over its id after another prompt, or -1.</param>
    private readonly record struct Answer(int FirstLine, int LastLine, int Prompts, int Successor)
    {
        public static Answer Empty { get; } = new(-1, -1, 0, -1);
    }
}
