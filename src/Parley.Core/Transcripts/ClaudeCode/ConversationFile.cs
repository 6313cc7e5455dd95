using System.Buffers.Text;
using Microsoft.Win32.SafeHandles;
using Parley.Core.Sessions;

namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>One JSON-lines file after its first pass: its index, the steps of its conversation, and what they tell of the session.</summary>
internal sealed class ConversationFile
{
    private static ReadOnlySpan<byte> UuidMember => "\"uuid\":\""u8;

    // What is compared to see whether the file is still the one that was read.
    private const int SeenBytes = 1024;

    private readonly IndexBuilder _builder = new();
    private readonly LineReader _lines = new();
    private readonly Conversation _conversation = new();
    private FileState _state;
    private byte[] _seen = [];

    private ConversationFile(string path) => Path = path;

    /// <summary>Where it stands; the client moves it when it changes its working directory.</summary>
    public string Path { get; set; }

    /// <summary>How many entries it has.</summary>
    public int Count => _conversation.Count;

    /// <summary>How many entries at the beginning are certainly what they were before the last <see cref="Continue"/>.</summary>
    public int Unchanged { get; private set; }

    /// <summary>Whether any line of the file is one of Claude Code's.</summary>
    public bool IsClaudeCode => Index.Nodes.Count > 0 || Index.Facts.Title is not null;

    public string? Title => Index.Facts.Title;

    /// <summary>The id of the line that the conversation goes on from; null when there is none, or it has no UUID.</summary>
    public Guid? LeafId => Leaf.Find(Index, Window.Whole) is var leaf and >= 0 ? UuidOf(_builder.IdOf(leaf)) : null;

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

    /// <summary>A file that is going to be read by <see cref="Continue"/>, and need not be there yet.</summary>
    public static ConversationFile Follow(string path) => new(System.IO.Path.GetFullPath(path));

    /// <summary>Reads the whole lines that the file has got since the last time.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    public Growth Continue()
    {
        Unchanged = Count;
        var info = new FileInfo(Path);
        if (!info.Exists)
            return Growth.Gone;
        if (_state == new FileState(info.Length, info.LastWriteTimeUtc))
            return Growth.None;
        using SafeFileHandle file = TranscriptFile.Open(Path);
        if (IsAnother(file))
            return Growth.Replaced;
        int lines = ReadLines(file, waits: true);
        _seen = LastBytes(file);
        return lines > 0 ? Growth.Grown : Growth.None;
    }

    /// <summary>Whether what was read of this file stands at another path.</summary>
    public bool GoesOnAt(string path)
    {
        if (_lines.Position == 0 || !File.Exists(path))
            return false;
        using SafeFileHandle file = TranscriptFile.Open(path);
        return !IsAnother(file);
    }

    /// <summary>The entries in order. Each is valid until the next is asked for.</summary>
    public IEnumerable<Entry> Entries(PersistedOutputs outputs, string? thread)
    {
        using SafeFileHandle file = TranscriptFile.Open(Path);
        EntryBuilder builder = Builder(file, outputs, thread);
        for (int step = 0; step < _conversation.Count; step++)
            yield return EntryAt(step, builder);
    }

    /// <summary>Begins to read single entries from the file as it is now.</summary>
    public EntryBuilder Builder(SafeFileHandle file, PersistedOutputs outputs, string? thread) =>
        new(Index, new RangeReader(file, _state), outputs, thread);

    /// <summary>The entry at a place, made by a <see cref="Builder"/>.</summary>
    public Entry EntryAt(int place, EntryBuilder builder) =>
        builder.Build(_conversation.LinesFrom(_conversation[place]), _conversation.HasOthersId(_conversation[place]));

    /// <summary>The entry that had this key when it was in the conversation; null when its line is not there.</summary>
    public Entry? FormerEntry(ulong key, EntryBuilder builder) => LineWith(key) is var line and >= 0 ? builder.Build(FormerLines(line), hasOthersId: false) : null;

    /// <summary>The paths of the outputs that the entry at a place has only previews of.</summary>
    public IReadOnlyList<string> OutputsAt(int place, EntryBuilder builder) =>
        Index.Nodes[_conversation[place]].Has(LineFlags.PersistedOutput) ? builder.OutputsOf(_conversation[place]) : [];

    /// <summary>What names the entry at a place as long as it is shown, whatever is added to it.</summary>
    public ulong KeyOf(int place) => (ulong)_builder.IdOf(_conversation[place]);

    /// <summary>A value that changes with what the entry at a place is made of; never 0.</summary>
    public ulong FingerprintOf(int place)
    {
        UInt128 print = 1;
        foreach (int line in _conversation.LinesFrom(_conversation[place]))
        {
            Node node = Index.Nodes[line];
            print = IdHash.Mix(print, (ulong)node.Offset << 24 ^ (ulong)node.Length, (ulong)line);
        }
        int message = Index.Nodes[_conversation[place]].Message;
        if (message >= 0 && !_conversation.HasOthersId(_conversation[place]))
            print = IdHash.Mix(print, (ulong)Index.Messages[message].Input, (ulong)Index.Messages[message].Output);
        return (ulong)print | 1;
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

    private int ReadLines(SafeFileHandle file, bool waits)
    {
        int lines = 0, known = Index.Nodes.Count;
        _state = FileState.Of(file);
        for (; _lines.Read(file, waits); lines++)
            _builder.Add(_lines);
        _lines.Rest();
        if (lines > 0)
            Resolve(known);
        return lines;
    }

    // From the newest foothold on that was in the conversation when it was resolved last.
    private void Resolve(int known)
    {
        Window window = _builder.Footholds.NewestFirst().FirstOrDefault(foothold => foothold.Line < known && _conversation.StepOf(foothold.Line) >= 0);
        Unchanged = window == Window.Whole ? 0 : _conversation.StepOf(window.Line);
        if (Resolution.TryResolve(Index, _conversation, window))
            return;
        Unchanged = 0;
        Resolution.TryResolve(Index, _conversation, Window.Whole);
    }

    // The index has hashes only: the file is looked through once more.
    private Guid? UuidOf(UInt128 hash)
    {
        using SafeFileHandle file = TranscriptFile.Open(Path);
        var lines = new LineReader();
        while (lines.Read(file))
        {
            for (ReadOnlySpan<byte> rest = lines.Line; rest.IndexOf(UuidMember) is var at and >= 0;)
            {
                rest = rest[(at + UuidMember.Length)..];
                if (Utf8Parser.TryParse(rest, out Guid id, out int length, 'D') && IdHash.Of(rest[..length]) == hash)
                    return id;
            }
        }
        return null;
    }

    private int LineWith(ulong key)
    {
        for (int line = 0; line < Index.Nodes.Count; line++)
        {
            if ((ulong)_builder.IdOf(line) == key && Index.Nodes[line].Kind != LineKind.Missing)
                return line;
        }
        return -1;
    }

    // Beside the conversation nobody has linked the lines of a step: those of an answer hang off each other.
    private IEnumerable<int> FormerLines(int first)
    {
        if (_conversation.StepOf(first) >= 0)
            return _conversation.LinesFrom(first);
        Node node = Index.Nodes[first];
        var lines = new List<int> { first };
        for (int line = 0; line < Index.Nodes.Count; line++)
        {
            Node other = Index.Nodes[line];
            bool isPart = node.Kind == LineKind.Boundary ? other.Kind == LineKind.Summary : node.Message >= 0 && other.Message == node.Message;
            if (isPart && line != first && lines.Contains(other.Parent))
                lines.Add(line);
        }
        return lines;
    }

    // Whether what stands there is not what was read: the file was cut, or written anew.
    private bool IsAnother(SafeFileHandle file) =>
        RandomAccess.GetLength(file) < _lines.Position || !LastBytes(file).AsSpan().SequenceEqual(_seen);

    private byte[] LastBytes(SafeFileHandle file)
    {
        var bytes = new byte[(int)Math.Min(SeenBytes, _lines.Position)];
        return RandomAccess.Read(file, bytes, _lines.Position - bytes.Length) == bytes.Length ? bytes : [];
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

/// <summary>What has become of a followed file since it was last looked at.</summary>
internal enum Growth
{
    None,
    Grown,

    /// <summary>What stands there is not the beginning of what was read.</summary>
    Replaced,

    /// <summary>There is no such file.</summary>
    Gone,
}
