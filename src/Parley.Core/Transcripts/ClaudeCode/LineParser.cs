using System.Text.Json;
using Parley.Core.Sessions;

namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>Takes from a line's JSON what the index needs, in one pass over its tokens and without building anything of the rest.</summary>
internal sealed class LineParser
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = JsonText.MaxDepth, AllowMultipleValues = true };

    private readonly List<ToolMention> _tools = [];
    private readonly List<UInt128> _preserved = [];

    /// <summary>The tool calls and results of the last line's content.</summary>
    public IReadOnlyList<ToolMention> Tools => _tools;

    /// <summary>The messages that the last line, a compaction, left as they were.</summary>
    public IReadOnlyList<UInt128> Preserved => _preserved;

    /// <summary>Reads the first JSON object of the line; false if it isn't one that can be read.</summary>
    public bool TryParse(ReadOnlySpan<byte> text, ref Line line)
    {
        line = default;
        _tools.Clear();
        _preserved.Clear();
        // Spares a thrown exception for each line of a file that was never JSON.
        if (text.Length < 2 || text[0] != '{')
            return false;
        try
        {
            var json = new Utf8JsonReader(text, Options);
            json.Read();
            ReadLine(ref json, text, ref line);
            line.End = (int)json.BytesConsumed;
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void ReadLine(scoped ref Utf8JsonReader json, ReadOnlySpan<byte> text, ref Line line)
    {
        while (NextMember(ref json, out ReadOnlySpan<byte> name))
        {
            switch (name.Length)
            {
                case 3 when name.SequenceEqual("cwd"u8):
                    line.WorkingDirectory = Text(ref json, text);
                    break;
                case 4 when name.SequenceEqual("type"u8):
                    line.Type = Text(ref json, text);
                    break;
                case 4 when name.SequenceEqual("uuid"u8):
                    line.Uuid = Id(ref json);
                    break;
                case 6 when name.SequenceEqual("isMeta"u8):
                    line.IsMeta = json.TokenType == JsonTokenType.True;
                    break;
                case 6 when name.SequenceEqual("origin"u8):
                    ReadOrigin(ref json, ref line);
                    break;
                case 7 when name.SequenceEqual("message"u8):
                    ReadMessage(ref json, text, ref line);
                    break;
                case 7 when name.SequenceEqual("subtype"u8):
                    line.Subtype = Text(ref json, text);
                    break;
                case 7 when name.SequenceEqual("content"u8):
                    ReadContent(ref json, text, ref line);
                    break;
                case 7 when name.SequenceEqual("aiTitle"u8) || name.SequenceEqual("summary"u8):
                case 9 when name.SequenceEqual("agentName"u8):
                case 11 when name.SequenceEqual("customTitle"u8):
                    line.Title = Text(ref json, text);
                    break;
                case 8 when name.SequenceEqual("leafUuid"u8):
                    line.Leaf = Id(ref json);
                    break;
                case 9 when name.SequenceEqual("timestamp"u8):
                    line.Timestamp = Text(ref json, text);
                    break;
                case 9 when name.SequenceEqual("requestId"u8):
                    line.RequestId = Id(ref json);
                    break;
                case 9 when name.SequenceEqual("gitBranch"u8):
                    line.Branch = Text(ref json, text);
                    break;
                case 10 when name.SequenceEqual("parentUuid"u8):
                    line.Parent = Id(ref json);
                    break;
                case 10 when name.SequenceEqual("attachment"u8):
                    ReadAttachment(ref json, text, ref line);
                    break;
                case 11 when name.SequenceEqual("isSidechain"u8):
                    line.IsSidechain = json.TokenType == JsonTokenType.True;
                    break;
                case 12 when name.SequenceEqual("relocatedCwd"u8):
                    line.WorkingDirectory = Text(ref json, text);
                    break;
                case 15 when name.SequenceEqual("compactMetadata"u8):
                    ReadCompactMetadata(ref json, text, ref line);
                    break;
                case 16 when name.SequenceEqual("isCompactSummary"u8):
                    line.IsCompactSummary = json.TokenType == JsonTokenType.True;
                    break;
                case 17 when name.SequenceEqual("logicalParentUuid"u8):
                    line.LogicalParent = Id(ref json);
                    break;
            }
            json.Skip();
        }
    }

    private void ReadMessage(scoped ref Utf8JsonReader json, ReadOnlySpan<byte> text, ref Line line)
    {
        if (json.TokenType != JsonTokenType.StartObject)
            return;
        while (NextMember(ref json, out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("content"u8))
                ReadContent(ref json, text, ref line);
            else if (name.SequenceEqual("id"u8))
                line.MessageId = Id(ref json);
            else if (name.SequenceEqual("model"u8))
                line.Model = Text(ref json, text);
            else if (name.SequenceEqual("usage"u8))
                ReadUsage(ref json, ref line);
            json.Skip();
        }
    }

    private static void ReadUsage(scoped ref Utf8JsonReader json, ref Line line)
    {
        if (json.TokenType != JsonTokenType.StartObject)
            return;
        long input = 0;
        while (NextMember(ref json, out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("output_tokens"u8))
                line.OutputTokens = Count(ref json);
            else if (name.SequenceEqual("input_tokens"u8) || name.SequenceEqual("cache_creation_input_tokens"u8)
                || name.SequenceEqual("cache_read_input_tokens"u8))
                input += Count(ref json);
            json.Skip();
        }
        line.InputTokens = input;
    }

    private void ReadContent(scoped ref Utf8JsonReader json, ReadOnlySpan<byte> text, ref Line line)
    {
        line.ContentStart = (int)json.TokenStartIndex;
        line.Form = json.TokenType switch
        {
            JsonTokenType.String => ContentForm.String,
            JsonTokenType.StartArray => ReadBlocks(ref json, text, ref line),
            _ => ContentForm.Other,
        };
        if (line.Form == ContentForm.String)
            line.FirstText = Text(ref json, text);
        json.Skip();
        line.ContentLength = (int)json.BytesConsumed - line.ContentStart;
    }

    private ContentForm ReadBlocks(scoped ref Utf8JsonReader json, ReadOnlySpan<byte> text, ref Line line)
    {
        _tools.Clear();
        var form = ContentForm.Blocks;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType == JsonTokenType.StartObject)
                ReadBlock(ref json, text, ref line);
            else
                form = ContentForm.Other;
            json.Skip();
        }
        return form;
    }

    private void ReadBlock(scoped ref Utf8JsonReader json, ReadOnlySpan<byte> text, ref Line line)
    {
        UInt128 id = 0, resultOf = 0;
        ReadOnlySpan<byte> type = default;
        while (NextMember(ref json, out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("type"u8))
                type = Text(ref json, text);
            else if (name.SequenceEqual("id"u8))
                id = Id(ref json);
            else if (name.SequenceEqual("tool_use_id"u8))
                resultOf = Id(ref json);
            else if (name.SequenceEqual("text"u8) && line.FirstText.IsEmpty)
                line.FirstText = Text(ref json, text);
            else if (name.SequenceEqual("content"u8))
                line.HasPersistedOutput |= PersistedOutputs.IsPreview(Text(ref json, text));
            json.Skip();
        }
        if (id != 0 && type.SequenceEqual("\"tool_use\""u8))
            _tools.Add(new ToolMention(id, IsResult: false));
        else if (resultOf != 0 && type.SequenceEqual("\"tool_result\""u8))
            _tools.Add(new ToolMention(resultOf, IsResult: true));
    }

    private void ReadAttachment(scoped ref Utf8JsonReader json, ReadOnlySpan<byte> text, ref Line line)
    {
        if (json.TokenType != JsonTokenType.StartObject)
            return;
        while (NextMember(ref json, out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("type"u8))
                line.IsQueuedCommand = Text(ref json, text).SequenceEqual("\"queued_command\""u8);
            else if (name.SequenceEqual("prompt"u8))
                ReadContent(ref json, text, ref line);
            else if (name.SequenceEqual("origin"u8))
                ReadOrigin(ref json, ref line);
            json.Skip();
        }
    }

    private static void ReadOrigin(scoped ref Utf8JsonReader json, ref Line line)
    {
        if (json.TokenType != JsonTokenType.StartObject)
            return;
        while (NextMember(ref json, out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("kind"u8) && json.TokenType == JsonTokenType.String)
                line.IsTaskNotification = json.ValueTextEquals("task-notification"u8);
            json.Skip();
        }
    }

    private void ReadCompactMetadata(scoped ref Utf8JsonReader json, ReadOnlySpan<byte> text, ref Line line)
    {
        if (json.TokenType != JsonTokenType.StartObject)
            return;
        while (NextMember(ref json, out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("trigger"u8))
                line.Trigger = Text(ref json, text);
            else if (name.SequenceEqual("preservedMessages"u8))
                ReadPreserved(ref json);
            json.Skip();
        }
    }

    private void ReadPreserved(scoped ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject)
            return;
        while (NextMember(ref json, out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("uuids"u8) && json.TokenType == JsonTokenType.StartArray)
            {
                while (json.Read() && json.TokenType != JsonTokenType.EndArray)
                {
                    _preserved.Add(Id(ref json));
                    json.Skip();
                }
            }
            json.Skip();
        }
    }

    // Moves to the value of the object's next member; false at its end.
    private static bool NextMember(scoped ref Utf8JsonReader json, out ReadOnlySpan<byte> name)
    {
        json.Read();
        name = json.TokenType == JsonTokenType.PropertyName ? json.ValueSpan : default;
        return json.TokenType == JsonTokenType.PropertyName && json.Read();
    }

    private static ReadOnlySpan<byte> Text(scoped ref Utf8JsonReader json, ReadOnlySpan<byte> text) =>
        json.TokenType == JsonTokenType.String ? text[(int)json.TokenStartIndex..(int)json.BytesConsumed] : default;

    private static UInt128 Id(scoped ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.String)
            return 0;
        return json.ValueIsEscaped ? IdHash.Of(JsonText.GetString(ref json)) : IdHash.Of(json.ValueSpan);
    }

    private static long Count(scoped ref Utf8JsonReader json) =>
        json.TokenType == JsonTokenType.Number && json.TryGetInt64(out long n) && n > 0 ? n : 0;
}
