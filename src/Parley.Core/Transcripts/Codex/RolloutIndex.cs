using Parley.Core.Transcripts.ClaudeCode;

namespace Parley.Core.Transcripts.Codex;

/// <summary>The first pass: which lines of a rollout are shown, and which of them make one step of the conversation. It holds no content.</summary>
internal sealed class RolloutIndex
{
    private readonly CompactList<ShownLine> _lines = new();
    private readonly CompactList<Step> _steps = new();
    private readonly List<string> _models = [];
    private readonly ModelNames _modelNames;
    private readonly RepeatedText _workingDirectory = new();

    // The steps that began a turn, as far as the person began it.
    private readonly List<int> _prompts = [];

    private int _model = -1;
    private int _lastAnswer = -1;
    private long _tokensSoFar;

    public RolloutIndex() => _modelNames = new ModelNames(_models);

    public int Count => _steps.Count;

    public string? FirstPrompt { get; private set; }

    /// <summary>The working directory that the newest turn had.</summary>
    public string? WorkingDirectory => _workingDirectory.Value;

    /// <summary>The model that answered last, or would have.</summary>
    public string? Model => _model < 0 ? null : _models[_model];

    /// <summary>Lines that could not be read.</summary>
    public int LostLines { get; private set; }

    public Step this[int step] => _steps[step];

    public string? ModelOf(in Step step) => step.Model < 0 ? null : _models[step.Model];

    /// <summary>The lines of a step.</summary>
    public IEnumerable<ShownLine> LinesOf(int step)
    {
        int end = step + 1 < _steps.Count ? _steps[step + 1].FirstLine : _lines.Count;
        for (int line = _steps[step].FirstLine; line < end; line++)
            yield return _lines[line];
    }

    /// <summary>Says that the conversation began before what is added.</summary>
    public void AddMissingBeginning() => AddStep(new ShownLine { Kind = LineKind.MissingBeginning }, default);

    /// <summary>Adds the next line of a file.</summary>
    /// <param name="reader">Stands at the line.</param>
    /// <param name="part">The number of the file.</param>
    public void Add(LineReader reader, int part)
    {
        ReadOnlySpan<byte> text = reader.Line;
        var shown = new ShownLine { Offset = reader.Offset, Length = text.Length, Part = (byte)part };
        if (reader.TooLong is not null)
            AddLost(shown with { Kind = LineKind.TooLong });
        else if (RolloutLine.TryParse(text, out RolloutLine line))
            Add(line, shown with { Kind = line.Kind() });
        else if (!text.Trim(" \t\r"u8).IsEmpty && reader.IsEnded) // a torn last line is still being written
            AddLost(shown with { Kind = LineKind.Unreadable });
    }

    private void AddLost(in ShownLine shown)
    {
        LostLines++;
        AddStep(shown, default);
    }

    private void Add(in RolloutLine line, in ShownLine shown)
    {
        if (shown.Kind == LineKind.Hidden)
            See(line);
        else if (shown.Kind == LineKind.RolledBack)
            RollBack(RawJson.Integer(line.Member("num_turns"u8)));
        else if (_steps.Count > 0 && shown.Kind is LineKind.Answer or LineKind.Result && _steps[_steps.Count - 1].Kind == shown.Kind)
            _lines.Add(shown);
        else
            AddStep(shown, line);
    }

    private void AddStep(in ShownLine shown, in RolloutLine line)
    {
        if (shown.Kind == LineKind.Prompt)
            SeePrompt(line);
        if (shown.Kind == LineKind.Answer)
            _lastAnswer = _steps.Count;
        _steps.Add(new Step
        {
            FirstLine = _lines.Count,
            Kind = shown.Kind,
            Time = Timestamp.Ticks(line.Timestamp),
            Model = shown.Kind is LineKind.Answer or LineKind.Failed ? _model : -1,
        });
        _lines.Add(shown);
    }

    private void SeePrompt(in RolloutLine line)
    {
        if (FirstPrompt is null && new UserContent(line.Payload).Text().Trim() is { Length: > 0 } text)
            FirstPrompt = text;
        _prompts.Add(_steps.Count);
    }

    private void See(in RolloutLine line)
    {
        if (line.Type.SequenceEqual("turn_context"u8))
        {
            _workingDirectory.See(line.Member("cwd"u8));
            if (_modelNames.NumberOf(line.Member("model"u8)) is var model and >= 0)
                _model = model;
        }
        else if (line.Type.SequenceEqual("event_msg"u8) && line.Subtype.SequenceEqual("token_count"u8))
        {
            SeeTokens(line.Member("info"u8));
        }
        else if (line.Type.SequenceEqual("response_item"u8) && line.IsSummary)
        {
            _lastAnswer = -1; // what a compaction took is not the answer's before it
        }
    }

    // The client writes the count again whenever something about it changes; only a sum that grew tells of another answer.
    private void SeeTokens(ReadOnlySpan<byte> info)
    {
        long sum = RawJson.Integer(RawJson.Member(RawJson.Member(info, "total_token_usage"u8), "total_tokens"u8));
        ReadOnlySpan<byte> last = RawJson.Member(info, "last_token_usage"u8);
        if (sum == _tokensSoFar || last.IsEmpty)
            return;
        _tokensSoFar = sum;
        if (_lastAnswer < 0)
            return;
        ref Step answer = ref _steps[_lastAnswer];
        answer.Input += Math.Max(0, RawJson.Integer(RawJson.Member(last, "input_tokens"u8)));
        answer.Output += Math.Max(0, RawJson.Integer(RawJson.Member(last, "output_tokens"u8)));
    }

    private void RollBack(long turns)
    {
        if (turns <= 0 || _prompts.Count == 0)
            return;
        int first = (int)Math.Max(0, _prompts.Count - turns);
        int step = _prompts[first];
        _lines.Cut(_steps[step].FirstLine);
        _steps.Cut(step);
        _prompts.RemoveRange(first, _prompts.Count - first);
        _lastAnswer = -1;
        if (first == 0)
            FirstPrompt = null;
    }
}

/// <summary>A line that is shown.</summary>
internal struct ShownLine
{
    public long Offset;
    public int Length;

    /// <summary>The number of the file that it stands in.</summary>
    public byte Part;

    public LineKind Kind;
}

/// <summary>What becomes one entry: a line, or the lines of an answer or of the results that follow each other.</summary>
internal struct Step
{
    public int FirstLine;
    public LineKind Kind;

    /// <summary>UTC ticks; 0 when its first line has no time.</summary>
    public long Time;

    /// <summary>The model's number, or -1.</summary>
    public int Model;

    public long Input;
    public long Output;
}
