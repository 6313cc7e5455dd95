using Microsoft.Win32.SafeHandles;
using Parley.Core.Sessions;

namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>One JSON-lines file after its first pass: its index, the steps of its conversation, and what they tell of the session.</summary>
internal sealed class ConversationFile
{

    private readonly TranscriptIndex _index;
    private readonly CompactList<int> _steps;
    private readonly FileState _state;
    private readonly IdTable _toolIds;

    private ConversationFile(string path, SafeFileHandle file)
    {
        Path = System.IO.Path.GetFullPath(path);
        _state = FileState.Of(file);
        _index = IndexBuilder.Build(file, out _toolIds);
        _steps = Conversation.Resolve(_index);
    }

    public string Path { get; }

    /// <summary>Whether any line of the file is one of Claude Code's.</summary>
    public bool IsClaudeCode => _index.Nodes.Count > 0 || _index.Facts.Title is not null;

    /// <exception cref="IOException">The file can't be opened or read.</exception>
    public static ConversationFile Read(string path)
    {
        using SafeFileHandle file = TranscriptFile.Open(path);
        return new ConversationFile(path, file);
    }

    /// <summary>The entries in order. Each is valid until the next is asked for.</summary>
    public IEnumerable<Entry> Entries(PersistedOutputs outputs, string? thread)
    {
        using SafeFileHandle file = TranscriptFile.Open(Path);
        var builder = new EntryBuilder(_index, new RangeReader(file, _state), outputs, thread);
        for (int i = 0; i < _steps.Count; i++)
            yield return builder.Build(_steps[i]);
    }

    /// <summary>Which entry holds which of the tool calls, by the entry's place.</summary>
    public IEnumerable<(int Place, string ToolCall)> PlacesOf(IEnumerable<string> toolCalls)
    {
        var wanted = new Dictionary<int, string>();
        foreach (string toolCall in toolCalls)
        {
            if (_toolIds.Find(IdHash.Of(toolCall)) is var tool and >= 0)
                wanted.Add(tool, toolCall);
        }
        for (int place = 0; place < _steps.Count && wanted.Count > 0; place++)
        {
            for (int line = _steps[place]; line >= 0; line = _index.Nodes[line].NextOfStep)
            {
                foreach (Mention mention in _index.MentionsOf(line))
                {
                    if (!mention.IsResult && wanted.Remove(mention.Tool, out string? toolCall))
                        yield return (place, toolCall);
                }
            }
        }
    }

    public TranscriptInfo Info()
    {
        SessionFacts facts = _index.Facts;
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
            EntryCount = _steps.Count,
            Usage = TotalUsage(),
            IsSidechain = Leaf.IsSidechain(_index),
            LostLines = facts.LostLines,
        };
    }

    private string? LastModel()
    {
        for (int i = _steps.Count - 1; i >= 0; i--)
        {
            int message = _index.Nodes[_steps[i]].Message;
            if (message >= 0 && _index.Messages[message].Model is var model and >= 0)
                return _index.Models[model];
        }
        return null;
    }

    private Usage TotalUsage()
    {
        long input = 0, output = 0;
        for (int i = 0; i < _steps.Count; i++)
        {
            int message = _index.Nodes[_steps[i]].Message;
            if (message < 0)
                continue;
            input += _index.Messages[message].Input;
            output += _index.Messages[message].Output;
        }
        return new Usage(input, output);
    }

    private string? FirstPrompt()
    {
        using SafeFileHandle file = TranscriptFile.Open(Path);
        var ranges = new RangeReader(file, _state);
        for (int i = 0; i < _steps.Count; i++)
        {
            Node node = _index.Nodes[_steps[i]];
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
