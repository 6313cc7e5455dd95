using System.Text;
using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Core.Transcripts.ClaudeCode;

namespace Parley.Core.Takeover.ClaudeCode;

/// <summary>
/// Writes one line of a transcript as it is taken over: ids and the shape stay as they are, text follows the rules, and what the client or the
/// API would stumble over is mended. A member whose name is escaped stays behind, so that no name passes by in disguise.
/// </summary>
internal sealed class LineWriter(TravelRules rules, bool withThinking, Relinking links, Stream output)
{
    private bool _isFirst;

    public void Write(ReadOnlySpan<byte> text, in TranscriptLine line, LineFate fate)
    {
        _isFirst = true;
        output.Write("{"u8);
        var json = new JsonScanner(text[..line.End]);
        json.TryEnter((byte)'{');
        for (bool isFirst = true; json.NextMember(ref isFirst, out ReadOnlySpan<byte> name);)
        {
            ReadOnlySpan<byte> value = json.Skip();
            if (!LineMembers.StayBehind(name))
                WriteMember(name, value, line, fate);
        }
        output.Write("}\n"u8);
    }

    private void WriteMember(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, in TranscriptLine line, LineFate fate)
    {
        bool becomesPrompt = fate == LineFate.BecomesPrompt;
        if (becomesPrompt && name.SequenceEqual("attachment"u8))
            WritePrompt(value);
        else if (becomesPrompt && name.SequenceEqual("type"u8))
            Write("type"u8, "\"user\""u8);
        else
            WriteValue(name, value, line);
    }

    private void WriteValue(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, in TranscriptLine line)
    {
        WriteName(name);
        switch (LineMembers.KindOf(name))
        {
            case MemberKind.SessionId when rules.SessionId is { } id:
                WriteString(id);
                break;
            case MemberKind.WorkingDirectory when rules.WorkingDirectory is { } map:
                WriteString(map(JsonString.Decode(value)));
                break;
            case MemberKind.Parent when !line.IsBoundary:
                links.WriteParent(value, output);
                break;
            case MemberKind.Link or MemberKind.Parent:
                links.Write(value, output);
                break;
            case MemberKind.Links:
                links.WriteAll(value, output);
                break;
            case MemberKind.Message when value.StartsWith("{"u8):
                WriteMessage(value, line);
                break;
            case MemberKind.Text or MemberKind.WorkingDirectory or MemberKind.Message:
                rules.Text(value, output);
                break;
            default:
                output.Write(value);
                break;
        }
    }

    private void WritePrompt(ReadOnlySpan<byte> attachment)
    {
        WriteName("message"u8);
        output.Write("{\"role\":\"user\",\"content\":"u8);
        WriteContent(QueuedPrompt.In(attachment));
        output.Write("}"u8);
    }

    // Who speaks is what the line's type says, whatever the message claims. Without a model the client hangs, without an id it takes all answers for one.
    private void WriteMessage(ReadOnlySpan<byte> message, in TranscriptLine line)
    {
        bool isAnswer = line.Type.SequenceEqual("\"assistant\""u8), hasId = false, hasModel = false;
        output.Write("{\"role\":"u8);
        output.Write(isAnswer ? "\"assistant\""u8 : "\"user\""u8);
        _isFirst = false;
        var json = new JsonScanner(message);
        json.TryEnter((byte)'{');
        for (bool isFirst = true; json.NextMember(ref isFirst, out ReadOnlySpan<byte> name);)
        {
            ReadOnlySpan<byte> value = json.Skip();
            bool isId = name.SequenceEqual("id"u8), isModel = name.SequenceEqual("model"u8);
            if (name.Contains((byte)'\\') || name.SequenceEqual("role"u8) || ((isId || isModel) && value.Length <= 2))
                continue;
            (hasId, hasModel) = (hasId || isId, hasModel || isModel);
            WriteName(name);
            if (name.SequenceEqual("content"u8))
                WriteContent(value);
            else if (LineMembers.IsOfApi(name))
                output.Write(value);
            else
                rules.Text(value, output);
        }
        if (isAnswer && !hasId)
            Write("id"u8, line.Uuid.Length > 2 ? line.Uuid : "\"msg_0\""u8);
        if (isAnswer && !hasModel)
            Write("model"u8, ModelNames.Synthetic);
        output.Write("}"u8);
    }

    private void WriteContent(ReadOnlySpan<byte> content)
    {
        var json = new JsonScanner(content);
        if (!json.TryEnter((byte)'['))
        {
            rules.Text(content, output);
            return;
        }
        output.Write("["u8);
        bool isFirst = true;
        for (bool isFirstItem = true; json.NextItem(ref isFirstItem);)
        {
            ReadOnlySpan<byte> block = json.Skip();
            BlockKind kind = ContentBlocks.KindOf(block);
            if (!ContentBlocks.IsSent(kind, withThinking))
                continue;
            if (!isFirst)
                output.Write(","u8);
            isFirst = false;
            if (kind == BlockKind.Thinking)
                output.Write(block);
            else
                rules.Text(block, output);
        }
        output.Write("]"u8);
        _isFirst = false;
    }

    private void Write(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        WriteName(name);
        output.Write(value);
    }

    private void WriteName(ReadOnlySpan<byte> name)
    {
        output.Write(_isFirst ? "\""u8 : ",\""u8);
        output.Write(name);
        output.Write("\":"u8);
        _isFirst = false;
    }

    private void WriteString(string text) => output.Write(Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(text, JsonText.Encoder)}\""));
}
