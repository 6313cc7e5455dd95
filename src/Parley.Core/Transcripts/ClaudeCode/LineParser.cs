using System.Buffers.Text;

namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>Takes from a line's JSON what the index needs, in one pass and without building anything of the rest.</summary>
internal sealed class LineParser
{
    // How deep a block stands in its content.
    private const int BlockDepth = 1;

    private readonly List<ToolMention> _tools = [];
    private readonly List<UInt128> _preserved = [];

    /// <summary>The tool calls and results of the last line's content.</summary>
    public List<ToolMention> Tools => _tools;

    /// <summary>The messages that the last line, a compaction, left as they were.</summary>
    public List<UInt128> Preserved => _preserved;

    /// <summary>Reads the JSON object that the text begins with; false if it isn't one.</summary>
    public bool TryParse(ReadOnlySpan<byte> text, ref Line line)
    {
        _tools.Clear();
        _preserved.Clear();
        var json = new JsonScanner(text);
        if (!json.TryEnter((byte)'{'))
            return false;
        for (bool isFirst = true; json.NextMember(ref isFirst, out ReadOnlySpan<byte> name);)
            ReadMember(ref json, name, text, ref line);
        line.End = json.Position;
        return !json.IsBroken;
    }

    // Told apart by length first: this runs some twenty times for every line of the file.
    private void ReadMember(scoped ref JsonScanner json, scoped ReadOnlySpan<byte> name, ReadOnlySpan<byte> text, ref Line line)
    {
        switch (name.Length)
        {
            case 3 when name.SequenceEqual("cwd"u8):
                line.WorkingDirectory = Text(json.Skip());
                break;
            case 4 when name.SequenceEqual("type"u8):
                line.Type = Text(json.Skip());
                break;
            case 4 when name.SequenceEqual("uuid"u8):
                line.Uuid = Id(json.Skip());
                break;
            case 6 when name.SequenceEqual("isMeta"u8):
                line.IsMeta = IsTrue(json.Skip());
                break;
            case 6 when name.SequenceEqual("origin"u8):
                ReadOrigin(ref json, ref line);
                break;
            case 7 when name.SequenceEqual("message"u8):
                ReadMessage(ref json, text, ref line);
                break;
            case 7 when name.SequenceEqual("subtype"u8):
                line.Subtype = Text(json.Skip());
                break;
            case 7 when name.SequenceEqual("content"u8):
                ReadContent(ref json, text, ref line);
                break;
            case 7 when name.SequenceEqual("aiTitle"u8):
            case 9 when name.SequenceEqual("agentName"u8):
            case 11 when name.SequenceEqual("customTitle"u8):
                line.Title = Text(json.Skip());
                break;
            case 8 when name.SequenceEqual("leafUuid"u8):
                line.Leaf = Id(json.Skip());
                break;
            case 9 when name.SequenceEqual("timestamp"u8):
                line.Timestamp = Text(json.Skip());
                break;
            case 9 when name.SequenceEqual("requestId"u8):
                line.RequestId = Id(json.Skip());
                break;
            case 9 when name.SequenceEqual("gitBranch"u8):
                line.Branch = Text(json.Skip());
                break;
            case 10 when name.SequenceEqual("parentUuid"u8):
                line.Parent = Id(json.Skip());
                break;
            case 10 when name.SequenceEqual("attachment"u8):
                ReadAttachment(ref json, text, ref line);
                break;
            case 11 when name.SequenceEqual("isSidechain"u8):
                line.IsSidechain = IsTrue(json.Skip());
                break;
            case 12 when name.SequenceEqual("relocatedCwd"u8):
                line.WorkingDirectory = Text(json.Skip());
                break;
            case 15 when name.SequenceEqual("compactMetadata"u8):
                ReadCompactMetadata(ref json, ref line);
                break;
            case 16 when name.SequenceEqual("isCompactSummary"u8):
                line.IsCompactSummary = IsTrue(json.Skip());
                break;
            case 17 when name.SequenceEqual("logicalParentUuid"u8):
                line.LogicalParent = Id(json.Skip());
                break;
            default:
                json.Skip();
                break;
        }
    }

    private void ReadMessage(scoped ref JsonScanner json, ReadOnlySpan<byte> text, ref Line line)
    {
        if (!EnterOrSkip(ref json, (byte)'{'))
            return;
        for (bool isFirst = true; json.NextMember(ref isFirst, out ReadOnlySpan<byte> name);)
        {
            if (name.SequenceEqual("content"u8))
                ReadContent(ref json, text, ref line);
            else if (name.SequenceEqual("id"u8))
                line.MessageId = Id(json.Skip());
            else if (name.SequenceEqual("model"u8))
                line.Model = Text(json.Skip());
            else if (name.SequenceEqual("usage"u8))
                ReadUsage(ref json, ref line);
            else
                json.Skip();
        }
    }

    private static void ReadUsage(scoped ref JsonScanner json, ref Line line)
    {
        if (!EnterOrSkip(ref json, (byte)'{'))
            return;
        long input = 0;
        for (bool isFirst = true; json.NextMember(ref isFirst, out ReadOnlySpan<byte> name);)
        {
            if (name.SequenceEqual("output_tokens"u8))
                line.OutputTokens = Count(json.Skip());
            else if (name.SequenceEqual("input_tokens"u8) || name.SequenceEqual("cache_creation_input_tokens"u8)
                || name.SequenceEqual("cache_read_input_tokens"u8))
                input += Count(json.Skip());
            else
                json.Skip();
        }
        line.InputTokens = input;
    }

    // What is going to be shown is checked in full on the way.
    private void ReadContent(scoped ref JsonScanner json, ReadOnlySpan<byte> text, ref Line line)
    {
        line.ContentStart = json.NextPosition;
        if (json.TryEnter((byte)'['))
            line.Form = ReadBlocks(ref json, ref line);
        else
            line.Form = json.SkipValid().StartsWith("\""u8) ? ContentForm.String : ContentForm.Other;
        line.ContentLength = json.Position - line.ContentStart;
        if (line.Form == ContentForm.String)
            line.FirstText = text.Slice(line.ContentStart, line.ContentLength);
    }

    private ContentForm ReadBlocks(scoped ref JsonScanner json, ref Line line)
    {
        _tools.Clear();
        var form = ContentForm.Empty;
        for (bool isFirst = true; json.NextItem(ref isFirst);)
        {
            bool isBlock = json.TryEnter((byte)'{');
            if (isBlock)
                ReadBlock(ref json, ref line);
            else
                json.SkipValid(BlockDepth);
            form = isBlock && form != ContentForm.Other ? ContentForm.Blocks : ContentForm.Other;
        }
        return form;
    }

    private void ReadBlock(scoped ref JsonScanner json, ref Line line)
    {
        UInt128 id = 0, resultOf = 0;
        ReadOnlySpan<byte> type = default;
        for (bool isFirst = true; json.NextMember(ref isFirst, out ReadOnlySpan<byte> name);)
        {
            ReadOnlySpan<byte> value = json.SkipValid(BlockDepth + 1);
            if (name.SequenceEqual("type"u8))
                type = value;
            else if (name.SequenceEqual("id"u8))
                id = Id(value);
            else if (name.SequenceEqual("tool_use_id"u8))
                resultOf = Id(value);
            else if (name.SequenceEqual("text"u8) && line.FirstText.IsEmpty)
                line.FirstText = Text(value);
            else if (name.SequenceEqual("content"u8))
                line.HasPersistedOutput |= PersistedOutputs.IsPreview(Text(value));
        }
        if (id != 0 && type.SequenceEqual("\"tool_use\""u8))
            _tools.Add(new ToolMention(id, IsResult: false));
        else if (resultOf != 0 && type.SequenceEqual("\"tool_result\""u8))
            _tools.Add(new ToolMention(resultOf, IsResult: true));
    }

    private void ReadAttachment(scoped ref JsonScanner json, ReadOnlySpan<byte> text, ref Line line)
    {
        if (!EnterOrSkip(ref json, (byte)'{'))
            return;
        for (bool isFirst = true; json.NextMember(ref isFirst, out ReadOnlySpan<byte> name);)
        {
            if (name.SequenceEqual("type"u8))
                line.IsQueuedCommand = Text(json.Skip()).SequenceEqual("\"queued_command\""u8);
            else if (name.SequenceEqual("prompt"u8))
                ReadContent(ref json, text, ref line);
            else if (name.SequenceEqual("origin"u8))
                ReadOrigin(ref json, ref line);
            else
                json.Skip();
        }
    }

    private static void ReadOrigin(scoped ref JsonScanner json, ref Line line)
    {
        if (!EnterOrSkip(ref json, (byte)'{'))
            return;
        for (bool isFirst = true; json.NextMember(ref isFirst, out ReadOnlySpan<byte> name);)
        {
            if (name.SequenceEqual("kind"u8))
                line.IsTaskNotification = Text(json.Skip()).SequenceEqual("\"task-notification\""u8);
            else
                json.Skip();
        }
    }

    private void ReadCompactMetadata(scoped ref JsonScanner json, ref Line line)
    {
        if (!EnterOrSkip(ref json, (byte)'{'))
            return;
        for (bool isFirst = true; json.NextMember(ref isFirst, out ReadOnlySpan<byte> name);)
        {
            if (name.SequenceEqual("trigger"u8))
                line.Trigger = Text(json.Skip());
            else if (name.SequenceEqual("preservedMessages"u8))
                ReadPreserved(ref json);
            else
                json.Skip();
        }
    }

    private void ReadPreserved(scoped ref JsonScanner json)
    {
        if (!EnterOrSkip(ref json, (byte)'{'))
            return;
        for (bool isFirst = true; json.NextMember(ref isFirst, out ReadOnlySpan<byte> name);)
        {
            if (!name.SequenceEqual("uuids"u8) || !json.TryEnter((byte)'['))
            {
                json.Skip();
                continue;
            }
            for (bool isFirstId = true; json.NextItem(ref isFirstId);)
                _preserved.Add(Id(json.Skip()));
        }
    }

    private static bool EnterOrSkip(scoped ref JsonScanner json, byte bracket)
    {
        if (json.TryEnter(bracket))
            return true;
        json.Skip();
        return false;
    }

    // The string with its quotes; nothing for any other value.
    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> value) => value.StartsWith("\""u8) ? value : default;

    private static bool IsTrue(ReadOnlySpan<byte> value) => value.SequenceEqual("true"u8);

    private static UInt128 Id(ReadOnlySpan<byte> value)
    {
        if (!value.StartsWith("\""u8))
            return 0;
        return value.Contains((byte)'\\') ? IdHash.Of(JsonString.Decode(value)) : IdHash.Of(value[1..^1]);
    }

    private static long Count(ReadOnlySpan<byte> value) => Utf8Parser.TryParse(value, out long count, out _) && count > 0 ? count : 0;
}
