using Microsoft.Win32.SafeHandles;
using Parley.Core.Sessions;

namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>One JSON-lines file after its first pass: its index, the steps of its conversation, and what they tell of the session.</summary>
internal sealed class ConversationFile
{
    private readonly IndexBuilder _builder = new();
    private readonly LineReader _lines = new();
    private readonly Conversation _conversation = new();
    private FileState _state;

    private ConversationFile(string path) => Path = path;

    /// <summary>Where it stands; the client moves it when it changes its working directory.</summary>
    public string Path { get; set; }

    /// <summary>How many entries it has.</summary>
    public int Count => _conversation.Count;

    /// <summary>Whether any line of the file is one of Claude Code's.</summary>
    public bool IsClaudeCode => Index.Nodes.Count > 0 || Index.Facts.Title is not null;

    private TranscriptIndex Index => _builder.Index;

    /// <summary>Reads a file as it is now, a last line without an end included.</summary>
    /// <exception cref="IOException">The file can't be opened or read.</exception>
    public static ConversationFile Read(string path)
    {
        var conversation = new ConversationFile(System.IO.Path.GetFullPath(path));
        using SafeFileHandle file = TranscriptFile.Open(path);
        conversation.ReadLines(file, waits: false);
        return conversation;
    }

    /// <summary>The entries in order. Each is valid until the next is asked for.</summary>
    public IEnumerable<Entry> Entries(PersistedOutputs outputs, string? thread)
    {
        using SafeFileHandle file = TranscriptFile.Open(Path);
        var builder = new EntryBuilder(Index, _conversation, new RangeReader(file, _state), outputs, thread);
        for (int step = 0; step < _conversation.Count; step++)
            yield return builder.Build(_conversation[step]);
    }

    /// <summary>Which entry holds which of the tool calls, by the entry's place.</summary>
    public IEnumerable<(int Place, string ToolCall)> PlacesOf(IEnumerable<string> toolCalls) =>
        from toolCall in toolCalls
        let tool = _builder.ToolOf(toolCall)
        let place = _conversation.StepOfCall(tool)
        where place >= 0
        orderby place, tool
        select (place, toolCall);

    public TranscriptInfo Info()
    {
        SessionFacts facts = Index.Facts;
        return new TranscriptInfo
        {
            Agent = ClaudeCodeReader.Agent,
            Path = Path,
            SessionId = System.IO.Path.GetFileNameWithoutExtension(Path),
            Title = facts.Title,
            FirstPrompt = FirstPrompt(),
            WorkingDirectory = facts.WorkingDirectory,
            Branch = facts.Branch,
            Model = LastModel(),
            Created = facts.Earliest == 0 ? null : new DateTimeOffset(facts.Earliest, TimeSpan.Zero),
            Modified = new DateTimeOffset(_state.Written, TimeSpan.Zero),
            EntryCount = _conversation.Count,
            Usage = TotalUsage(),
            IsSidechain = Index.IsSidechain,
            LostLines = facts.LostLines,
        };
    }

    private void ReadLines(SafeFileHandle file, bool waits)
    {
        _state = FileState.Of(file);
        while (_lines.Read(file, waits))
            _builder.Add(_lines);
        _lines.Rest();
        Resolution.Resolve(Index, _conversation, Window.Whole);
    }

    private string? LastModel()
    {
        for (int step = _conversation.Count - 1; step >= 0; step--)
        {
            int message = Index.Nodes[_conversation[step]].Message;
            if (message >= 0 && Index.Messages[message].Model is var model and >= 0)
                return Index.Models[model];
        }
        return null;
    }

    private Usage TotalUsage()
    {
        long input = 0, output = 0;
        for (int step = 0; step < _conversation.Count; step++)
        {
            int line = _conversation[step], message = Index.Nodes[line].Message;
            if (message < 0 || _conversation.HasOthersId(line))
                continue;
            input += Index.Messages[message].Input;
            output += Index.Messages[message].Output;
        }
        return new Usage(input, output);
    }

    private string? FirstPrompt()
    {
        using SafeFileHandle file = TranscriptFile.Open(Path);
        var ranges = new RangeReader(file, _state);
        for (int step = 0; step < _conversation.Count; step++)
        {
            Node node = Index.Nodes[_conversation[step]];
            if (node.Kind != LineKind.Prompt)
                continue;
            ReadOnlySpan<byte> content = ranges.Read(node.Offset, node.Length).Span;
            if (BlockText.IsContent(content, node.Has(LineFlags.Text)) && BlockText.Of(content).Trim() is { Length: > 0 } text)
                return Cut(text);
        }
        return null;
    }

    private static string Cut(string text)
    {
        if (text.Length <= TranscriptInfo.MaxFirstPrompt)
            return text;
        bool splitsPair = char.IsHighSurrogate(text[TranscriptInfo.MaxFirstPrompt - 1]);
        return text[..(splitsPair ? TranscriptInfo.MaxFirstPrompt - 1 : TranscriptInfo.MaxFirstPrompt)];
    }
}
