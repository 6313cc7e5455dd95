using Parley.Core.Sessions;

namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>
/// The first pass: reads every line once and keeps what <see cref="TranscriptIndex"/> holds of it. It goes on where it stopped when the file
/// has grown.
/// </summary>
internal sealed class IndexBuilder
{
    // A byte order mark, white space, and the zeros that a crash leaves where data was not written yet.
    private static ReadOnlySpan<byte> Padding => [0xEF, 0xBB, 0xBF, (byte)' ', (byte)'\t', (byte)'\r', 0];

    // A crash leaves one; a stranger's line shall not be tried from a million places.
    private const int MaxTornPerLine = 8;

    private static ReadOnlySpan<byte> ChainLineStart => "{\"parentUuid\":"u8;

    private readonly LineParser _parser = new();
    private readonly IdTable _uuids = new();
    private readonly IdTable _messages = new();
    private readonly IdTable _tools = new();
    private readonly RepeatedText _workingDirectory = new();
    private readonly RepeatedText _branch = new();
    private readonly ModelNames _models;

    public IndexBuilder()
    {
        _models = new ModelNames(Index.Models);
        Footholds = new Footholds(Index);
    }

    public TranscriptIndex Index { get; } = new();

    public Footholds Footholds { get; }

    /// <summary>The number of a tool call in the index, or -1.</summary>
    public int ToolOf(string id) => _tools.Find(IdHash.Of(id));

    /// <summary>The hash of a line's own id.</summary>
    public UInt128 IdOf(int line) => _uuids[line];

    /// <summary>Takes the next line.</summary>
    public void Add(LineReader lines)
    {
        if (lines.TooLong is { } skeleton)
            AddSkeleton(skeleton, LineKind.TooLong, lines.Offset);
        else
            AddLine(lines.Line, lines.Offset, lines.IsEnded);
        Index.Facts.WorkingDirectory = _workingDirectory.Value;
        Index.Facts.Branch = _branch.Value;
    }

    // A line holds one object; where a write was torn or a line feed is missing, more than one.
    private void AddLine(ReadOnlySpan<byte> text, long offset, bool isEnded)
    {
        text = text.TrimEnd(Padding);
        ReadOnlySpan<byte> rest = text.TrimStart(Padding);
        for (int torn = 0; !rest.IsEmpty;)
        {
            long at = offset + text.Length - rest.Length;
            Line line = default;
            if (_parser.TryParse(rest, ref line))
            {
                Add(line, at);
                rest = rest[line.End..].TrimStart(Padding);
                continue;
            }
            int next = ++torn <= MaxTornPerLine ? rest[1..].IndexOf(ChainLineStart) : -1;
            if (next < 0 && isEnded)
                AddUnreadable(rest, at);
            rest = next < 0 ? default : rest[(next + 1)..];
        }
    }

    private void AddUnreadable(ReadOnlySpan<byte> text, long offset)
    {
        var skeleton = new LineSkeleton();
        skeleton.Append(text);
        AddSkeleton(skeleton, LineKind.Unreadable, offset);
    }

    private void AddSkeleton(LineSkeleton skeleton, LineKind kind, long offset)
    {
        if (skeleton["uuid"] is not { } uuid)
        {
            Index.Facts.LostLines++;
            return;
        }
        Place(IdHash.Of(uuid), Node.Empty with
        {
            Offset = offset,
            Time = JsonText.ParseTimestamp(skeleton["timestamp"])?.UtcTicks ?? 0,
            Parent = skeleton["parentUuid"] is { } parent ? NodeOf(IdHash.Of(parent)) : -1,
            Kind = kind,
            Flags = skeleton["isSidechain"] is null ? LineFlags.None : LineFlags.Sidechain,
        });
    }

    private void Add(in Line line, long offset)
    {
        if (line.Uuid == 0)
        {
            AddMetadata(line);
            return;
        }
        _workingDirectory.See(line.WorkingDirectory);
        _branch.See(line.Branch);
        Window before = Window.Behind(Index);
        LineKind kind = LineClassifier.KindOf(line, _parser.Tools);
        Node node = Node.Empty with
        {
            Offset = offset,
            Time = Timestamp.Ticks(line.Timestamp),
            Parent = line.Parent == 0 ? -1 : NodeOf(line.Parent),
            Kind = kind,
            Flags = LineClassifier.FlagsOf(line),
        };
        if (kind == LineKind.Unknown)
            node.Length = line.End;
        else if (kind is not (LineKind.Hidden or LineKind.Boundary))
            (node.Offset, node.Length) = (offset + line.ContentStart, line.ContentLength);
        if (kind == LineKind.Assistant && line.MessageId != 0)
            node.Message = MessageOf(line);
        int number = Place(line.Uuid, node);
        AddMentions(number);
        if (kind == LineKind.Boundary)
            AddCompaction(number, line);
        if (number >= before.Line && _parser.Tools.Count == 0)
            Footholds.See(number, before);
    }

    private void AddMetadata(in Line line)
    {
        SessionFacts facts = Index.Facts;
        if (line.Type.SequenceEqual("\"last-prompt\""u8) && line.Leaf != 0)
            AddLastPrompt(NodeOf(line.Leaf));
        else if (line.Type.SequenceEqual("\"ai-title\""u8))
            facts.GeneratedTitle = JsonString.Decode(line.Title);
        else if (line.Type.SequenceEqual("\"custom-title\""u8))
            facts.CustomTitle = JsonString.Decode(line.Title);
        else if (line.Type.SequenceEqual("\"agent-name\""u8))
            facts.AgentName = JsonString.Decode(line.Title);
        else if (line.Type.SequenceEqual("\"relocated\""u8))
            _workingDirectory.See(line.WorkingDirectory);
        else if (LineClassifier.IsConversation(line.Type))
            facts.LostLines++;
    }

    private void AddLastPrompt(int leaf)
    {
        Index.LastPrompts.Add(leaf);
        Footholds.Reach(leaf);
    }

    private int Place(UInt128 uuid, in Node node)
    {
        int known = Index.Nodes.Count, number = NodeOf(uuid);
        ref Node place = ref Index.Nodes[number];
        bool wasSidechain = Index.IsSidechain;
        if (place.Kind != LineKind.Missing && place.Parent != node.Parent && place.Parent >= 0)
            EarlierParentsOf(number).Add(place.Parent);
        CountLine(place, -1);
        CountLine(node, +1);
        place = node;
        // A line that comes again takes another place itself.
        Footholds.Reach(number < known ? number - 1 : number);
        Footholds.Reach(wasSidechain == Index.IsSidechain ? LineBefore(number, node) : 0);
        if (node.Time != 0 && (Index.Facts.Earliest == 0 || node.Time < Index.Facts.Earliest))
            Index.Facts.Earliest = node.Time;
        return number;
    }

    // The line that this one follows, whatever its form; 0 where that is not known.
    private int LineBefore(int number, in Node node) => node.Parent switch
    {
        < 0 => node.Kind == LineKind.Boundary ? number : 0,
        var parent => Index.Nodes[parent].Kind == LineKind.Missing ? 0 : parent,
    };

    private void CountLine(in Node node, int change)
    {
        if (node.Kind == LineKind.Missing)
            return;
        if (node.Has(LineFlags.Sidechain))
            Index.SidechainLines += change;
        else
            Index.MainLines += change;
    }

    private List<int> EarlierParentsOf(int number)
    {
        if (!Index.EarlierParents.TryGetValue(number, out List<int>? parents))
            Index.EarlierParents.Add(number, parents = []);
        return parents;
    }

    private int NodeOf(UInt128 uuid)
    {
        int number = _uuids.Intern(uuid);
        if (number == Index.Nodes.Count)
            Index.Nodes.Add(Node.Empty);
        return number;
    }

    private int MessageOf(in Line line)
    {
        int number = _messages.Intern(line.MessageId ^ UInt128.RotateLeft(line.RequestId, 1));
        if (number == Index.Messages.Count)
            Index.Messages.Add(Message.Empty);
        Footholds.Reach(int.MaxValue, message: number);
        ref Message message = ref Index.Messages[number];
        message.Model = _models.NumberOf(line.Model);
        // Its lines repeat the usage; an older client wrote what it had counted by then.
        if (line.OutputTokens >= message.Output)
            (message.Input, message.Output) = (line.InputTokens, line.OutputTokens);
        return number;
    }

    private void AddMentions(int number)
    {
        foreach (ToolMention mention in _parser.Tools)
        {
            int tool = _tools.Intern(mention.Id);
            Footholds.Reach(int.MaxValue, tool: tool);
            Index.ToolCount = _tools.Count;
            if (Index.Nodes[number].FirstMention < 0)
                Index.Nodes[number].FirstMention = Index.Mentions.Count;
            Index.Mentions.Add(new Mention(number, tool, mention.IsResult));
        }
    }

    private void AddCompaction(int number, in Line line)
    {
        var preserved = new List<int>(_parser.Preserved.Count);
        foreach (UInt128 uuid in _parser.Preserved)
            preserved.Add(NodeOf(uuid));
        int parent = line.LogicalParent == 0 ? -1 : NodeOf(line.LogicalParent);
        Index.Compactions[number] = new Compaction(parent, preserved, line.Trigger.IsEmpty ? null : JsonString.Decode(line.Trigger));
        Footholds.Reach(parent < 0 || Index.Nodes[parent].Kind == LineKind.Missing ? 0 : parent);
        // The compaction stands before what it preserved.
        foreach (int kept in preserved)
            Footholds.Reach(kept - 1);
    }
}
