using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Parley.Core.Sessions;

namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>The second pass: makes entries of the conversation's steps, reading from the file only the contents that are shown.</summary>
internal sealed class EntryBuilder(TranscriptIndex index, RangeReader ranges, PersistedOutputs outputs, string? thread)
{
    /// <summary>The longest line of an unknown form that is kept in its block, 64 KiB; of a longer one only the type is told.</summary>
    public const int MaxUnknownLineBytes = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _blocks = new();
    private readonly List<int> _lines = [];

    /// <summary>The entry of a step. Its blocks are valid until the next call.</summary>
    /// <param name="lines">The step's lines.</param>
    /// <param name="hasOthersId">Whether its message uses the id of another one, which has the tokens.</param>
    public Entry Build(IEnumerable<int> lines, bool hasOthersId)
    {
        _lines.Clear();
        _lines.AddRange(lines);
        Node node = index.Nodes[_lines[0]];
        Message message = node.Kind == LineKind.Assistant && node.Message >= 0 ? index.Messages[node.Message] : Message.Empty;
        if (hasOthersId)
            message = Message.Empty with { Model = message.Model };
        return new Entry
        {
            Role = RoleOf(node.Kind),
            Timestamp = node.Time == 0 ? null : new DateTimeOffset(node.Time, TimeSpan.Zero),
            Model = message.Model < 0 ? null : index.Models[message.Model],
            Thread = thread,
            Usage = (message.Input | message.Output) == 0 ? null : new Usage(message.Input, message.Output),
            Blocks = BlocksOf(node),
        };
    }

    /// <summary>The paths of the outputs that a line has only previews of.</summary>
    public IReadOnlyList<string> OutputsOf(int line)
    {
        Node node = index.Nodes[line];
        return node.Has(LineFlags.PersistedOutput) && Content(node) is { } content ? PersistedOutputs.PathsIn(content.Span) : [];
    }

    private static Role RoleOf(LineKind kind) => kind switch
    {
        LineKind.Assistant => Role.Assistant,
        LineKind.Prompt or LineKind.Command or LineKind.ToolResult => Role.User,
        _ => Role.Event,
    };

    private ReadOnlyMemory<byte> BlocksOf(in Node node)
    {
        bool isPlain = _lines.Count == 1 && RoleOf(node.Kind) != Role.Event && !node.Has(LineFlags.Text | LineFlags.PersistedOutput);
        if (isPlain && Content(node) is { } content)
            return content;
        _blocks.ResetWrittenCount();
        _blocks.Write("["u8);
        if (node.Kind is LineKind.Boundary or LineKind.Summary)
            WriteCompaction(node);
        else
            WriteLines();
        _blocks.Write("]"u8);
        return _blocks.WrittenMemory;
    }

    private void WriteLines()
    {
        foreach (int line in _lines)
            WriteLine(index.Nodes[line]);
    }

    private void WriteLine(in Node node)
    {
        if (node.Kind == LineKind.Origin)
            WriteOrigin(node);
        else if (RoleOf(node.Kind) == Role.Event)
            WriteUnsupported(node);
        else if (Content(node) is not { } content)
            WriteReason("The transcript was changed while it was read.");
        else if (node.Has(LineFlags.Text))
            WriteText(content.Span);
        else
            WriteBlocks(content.Span, node.Has(LineFlags.PersistedOutput));
    }

    private void WriteText(ReadOnlySpan<byte> quoted)
    {
        Separate();
        _blocks.Write("{\"type\":\"text\",\"text\":"u8);
        _blocks.Write(quoted);
        _blocks.Write("}"u8);
    }

    private void WriteBlocks(ReadOnlySpan<byte> array, bool hasPersistedOutput)
    {
        ReadOnlySpan<byte> blocks = array[1..^1].Trim(" \t\r\n"u8);
        if (blocks.IsEmpty)
            return;
        Separate();
        if (hasPersistedOutput)
            outputs.WriteExpanded(array, _blocks);
        else
            _blocks.Write(blocks);
    }

    private void WriteCompaction(in Node node)
    {
        int summary = _lines.FindIndex(line => index.Nodes[line].Kind == LineKind.Summary);
        using var json = new Utf8JsonWriter(_blocks, new JsonWriterOptions { Encoder = JsonText.Encoder });
        json.WriteStartObject();
        json.WriteString("type"u8, "event"u8);
        json.WriteString("event"u8, "compacted"u8);
        if (index.Compactions.TryGetValue(_lines[0], out Compaction? compaction) && compaction.Trigger is { } trigger)
            json.WriteString("trigger"u8, trigger);
        if (summary >= 0 && Content(index.Nodes[_lines[summary]]) is { } text)
            json.WriteString("summary"u8, BlockText.Of(text.Span));
        json.WriteEndObject();
    }

    // The link is the last word of the line's content.
    private void WriteOrigin(in Node node)
    {
        string said = Content(node) is { } content ? JsonString.Decode(content.Span) : "";
        using var json = new Utf8JsonWriter(_blocks, new JsonWriterOptions { Encoder = JsonText.Encoder });
        json.WriteStartObject();
        json.WriteString("type"u8, "event"u8);
        json.WriteString("event"u8, PublicLink.TakenOver);
        if (PublicLink.TryParse(said[(said.LastIndexOf(' ') + 1)..]) is { } link)
            json.WriteString("link"u8, link.ToString());
        json.WriteEndObject();
    }

    private void WriteUnsupported(in Node node)
    {
        if (node.Kind == LineKind.TooLong)
            WriteReason($"A line of the transcript is longer than {LineReader.MaxLineBytes >> 20} MiB and was left out.");
        else if (node.Kind == LineKind.Unknown)
            WriteUnknown(ranges.Read(node.Offset, node.Length).Span);
        else
            WriteReason("A line of the transcript could not be read: it is not JSON, or it is nested too deeply.");
    }

    private void WriteUnknown(ReadOnlySpan<byte> text)
    {
        Line line = default;
        bool isLine = new LineParser().TryParse(text, ref line);
        string type = string.Join(' ', JsonString.Decode(line.Type), JsonString.Decode(line.Subtype)).TrimEnd();
        var json = new JsonScanner(text);
        json.SkipValid();
        bool isKept = isLine && text.Length <= MaxUnknownLineBytes && json.Next == 0 && !json.IsBroken && Utf8.IsValid(text);
        WriteReason($"A line of type '{type}' is in a form that Parley does not know.", isKept ? text : default);
    }

    private void WriteReason(string reason, ReadOnlySpan<byte> line = default)
    {
        Separate();
        using var json = new Utf8JsonWriter(_blocks, new JsonWriterOptions { Encoder = JsonText.Encoder });
        json.WriteStartObject();
        json.WriteString("type"u8, "unsupported"u8);
        json.WriteString("reason"u8, reason);
        if (!line.IsEmpty)
        {
            json.WritePropertyName("line"u8);
            json.WriteRawValue(line, skipInputValidation: true);
        }
        json.WriteEndObject();
    }

    private void Separate()
    {
        if (_blocks.WrittenCount > 1)
            _blocks.Write(","u8);
    }

    // The content as valid UTF-8 and JSON; null if it is no longer in the file.
    private ReadOnlyMemory<byte>? Content(in Node node)
    {
        ReadOnlyMemory<byte> content = ranges.Read(node.Offset, node.Length);
        if (content.Length < node.Length || ranges.HasChanged && !BlockText.IsContent(content.Span, node.Has(LineFlags.Text)))
            return null;
        return Utf8.IsValid(content.Span) ? content : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(content.Span));
    }
}
