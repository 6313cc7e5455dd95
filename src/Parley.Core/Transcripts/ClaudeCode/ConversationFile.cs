using Microsoft.Win32.SafeHandles;
using Parley.Core.Sessions;

namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>One JSON-lines file after its first pass: its index and the steps of its conversation.</summary>
internal sealed class ConversationFile
{
    private const int MaxFirstPromptChars = 200;

    private readonly string _path;
    private readonly TranscriptIndex _index;
    private readonly CompactList<int> _steps;
    private readonly FileState _state;

    private ConversationFile(string path, TranscriptIndex index, FileState state)
    {
        _path = path;
        _index = index;
        _state = state;
        _steps = Conversation.Resolve(index);
    }

    public static ConversationFile Read(string path)
    {
        using SafeFileHandle file = TranscriptFile.Open(path);
        FileState state = FileState.Of(file);
        return new ConversationFile(path, IndexBuilder.Build(file, out _), state);
    }

    public IEnumerable<Entry> Entries()
    {
        using SafeFileHandle file = TranscriptFile.Open(_path);
        var builder = new EntryBuilder(_index, new RangeReader(file, _state), new PersistedOutputs(Path.ChangeExtension(_path, null)), null);
        for (int i = 0; i < _steps.Count; i++)
            yield return builder.Build(_steps[i]);
    }

    public TranscriptInfo Info()
    {
        SessionFacts facts = _index.Facts;
        return new TranscriptInfo
        {
            Agent = ClaudeCodeReader.Agent,
            Path = Path.GetFullPath(_path),
            SessionId = Path.GetFileNameWithoutExtension(_path),
            Title = facts.CustomTitle ?? facts.AgentName ?? facts.GeneratedTitle,
            FirstPrompt = FirstPrompt(),
            WorkingDirectory = facts.WorkingDirectory,
            Branch = facts.Branch,
            Model = LastModel(),
            Created = facts.Earliest == 0 ? null : new DateTimeOffset(facts.Earliest, TimeSpan.Zero),
            Modified = new DateTimeOffset(_state.Written, TimeSpan.Zero),
            EntryCount = _steps.Count,
            Usage = TotalUsage(),
            IsSidechain = Leaf.IsSidechain(_index),
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
        for (int i = 0; i < _steps.Count; i++)
        {
            Node node = _index.Nodes[_steps[i]];
            if (node.Kind == LineKind.Prompt && TextOf(node) is { Length: > 0 } text)
                return text.Length <= MaxFirstPromptChars ? text : text[..(char.IsHighSurrogate(text[MaxFirstPromptChars - 1]) ? MaxFirstPromptChars - 1 : MaxFirstPromptChars)];
        }
        return null;
    }

    private string TextOf(in Node node)
    {
        using SafeFileHandle file = TranscriptFile.Open(_path);
        ReadOnlyMemory<byte> content = new RangeReader(file, _state).Read(node.Offset, node.Length);
        return BlockText.IsContent(content.Span, node.Has(LineFlags.Text)) ? BlockText.Of(content.Span).Trim() : "";
    }
}
