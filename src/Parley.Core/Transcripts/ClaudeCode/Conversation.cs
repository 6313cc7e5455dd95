namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>
/// What a reader of a transcript sees, in order: its steps. A step becomes one entry; it is a line or, as an answer's blocks stand in a line
/// each, several.
/// </summary>
internal sealed class Conversation
{
    private static readonly Link Nothing = new(-1, -1, false);

    // The first line of each step.
    private readonly CompactList<int> _steps = new();
    private readonly CompactList<Link> _links = new();

    // The line that holds each tool call; -1 for one that is not shown.
    private readonly CompactList<int> _calls = new();

    /// <summary>How many steps there are.</summary>
    public int Count => _steps.Count;

    /// <summary>The first line of a step.</summary>
    public int this[int step] => _steps[step];

    /// <summary>The lines of the step that begins with a line.</summary>
    public IEnumerable<int> LinesFrom(int first)
    {
        for (int line = first; line >= 0; line = _links[line].Next)
            yield return line;
    }

    /// <summary>The step that a line is shown in, or -1.</summary>
    public int StepOf(int line) => _links[line].Step;

    /// <summary>Whether a line's message uses the id of another one before it, which has the tokens.</summary>
    public bool HasOthersId(int line) => _links[line].HasOthersId;

    /// <summary>The step that holds a tool call, or -1.</summary>
    public int StepOfCall(int tool) => tool >= 0 && _calls[tool] is var line and >= 0 ? StepOf(line) : -1;

    /// <summary>Forgets what is in the window, which is resolved anew.</summary>
    public void Begin(TranscriptIndex index, Window window)
    {
        _steps.Cut(window == Window.Whole ? 0 : StepOf(window.Line));
        _links.Cut(window.Line);
        _links.Fill(index.Nodes.Count, Nothing);
        _calls.Cut(window.Tool);
        _calls.Fill(index.ToolCount, -1);
    }

    /// <summary>Begins the next step with a line.</summary>
    public void AddStep(int line, bool hasOthersId = false)
    {
        _links[line] = new Link(-1, _steps.Count, hasOthersId);
        _steps.Add(line);
    }

    /// <summary>Adds a line to the last step.</summary>
    /// <param name="line">The line.</param>
    /// <param name="previous">The step's line before it.</param>
    public void Continue(int line, int previous)
    {
        _links[previous] = _links[previous] with { Next = line };
        _links[line] = _links[previous] with { Next = -1 };
    }

    /// <summary>Says which line holds a tool call; the first one counts.</summary>
    public void AddCall(int tool, int line)
    {
        if (_calls[tool] < 0)
            _calls[tool] = line;
    }

    private readonly record struct Link(int Next, int Step, bool HasOthersId);
}
