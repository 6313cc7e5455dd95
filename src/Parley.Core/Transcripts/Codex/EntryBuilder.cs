using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Parley.Core.Sessions;
using Parley.Core.Transcripts.ClaudeCode;

namespace Parley.Core.Transcripts.Codex;

/// <summary>The second pass: makes entries of the conversation's steps, reading from the files only the lines that are shown.</summary>
/// <param name="index">The first pass.</param>
/// <param name="files">The files of the conversation, by their number.</param>
internal sealed class EntryBuilder(RolloutIndex index, RangeReader[] files)
{
    /// <summary>The longest line of an unknown form that is kept in its block, 64 KiB; of a longer one only the type is told.</summary>
    public const int MaxUnknownLineBytes = 64 * 1024;

    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = JsonScanner.MaxValidDepth };

    private static readonly JsonWriterOptions Writing = new() { Encoder = JsonText.Encoder };

    private readonly ArrayBufferWriter<byte> _blocks = new();

    /// <summary>The entry of a step. Its blocks are valid until the next call.</summary>
    public Entry Build(int step)
    {
        Step about = index[step];
        _blocks.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_blocks, Writing))
        {
            json.WriteStartArray();
            foreach (ShownLine line in index.LinesOf(step))
                WriteLine(line, json);
            json.WriteEndArray();
        }
        return new Entry
        {
            Role = RoleOf(about.Kind),
            Timestamp = about.Time == 0 ? null : new DateTimeOffset(about.Time, TimeSpan.Zero),
            Model = index.ModelOf(about),
            Usage = (about.Input | about.Output) == 0 ? null : new Usage(about.Input, about.Output),
            Blocks = _blocks.WrittenMemory,
        };
    }

    private static Role RoleOf(LineKind kind) => kind switch
    {
        LineKind.Answer or LineKind.Failed => Role.Assistant,
        LineKind.Prompt or LineKind.Command or LineKind.Result => Role.User,
        _ => Role.Event,
    };

    private void WriteLine(in ShownLine line, Utf8JsonWriter json)
    {
        if (line.Kind == LineKind.MissingBeginning)
            WriteReason("This session goes on from another one, which is not on this machine.", json);
        else if (line.Kind == LineKind.TooLong)
            WriteReason($"A line of the transcript is longer than {LineReader.MaxLineBytes >> 20} MiB and was left out.", json);
        else if (line.Kind == LineKind.Unreadable)
            WriteReason("A line of the transcript could not be read: it is not JSON.", json);
        else
            WriteContent(line, json);
    }

    private void WriteContent(in ShownLine line, Utf8JsonWriter json)
    {
        ReadOnlyMemory<byte> text = files[line.Part].Read(line.Offset, line.Length);
        if (!Utf8.IsValid(text.Span))
            text = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text.Span));
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, Reading);
            if (!RolloutLine.TryParse(text.Span, out RolloutLine again) || again.Kind() != line.Kind)
                WriteReason("The transcript was changed while it was read.", json);
            else if (line.Kind == LineKind.Unknown)
                WriteUnknown(document.RootElement, text.Length, json);
            else
                Blocks.Write(line.Kind, document.RootElement.GetProperty("payload"), json);
        }
        catch (JsonException)
        {
            WriteReason("A line of the transcript could not be read: it is not JSON, or it is nested too deeply.", json);
        }
    }

    private static void WriteUnknown(JsonElement line, int length, Utf8JsonWriter json)
    {
        string type = string.Join(' ', line.Name("type"), line.Object("payload").Name("type")).TrimEnd();
        json.WriteStartObject();
        json.WriteString("type"u8, "unsupported"u8);
        json.WriteString("reason"u8, $"A line of type '{type}' is in a form that Parley does not know.");
        if (length <= MaxUnknownLineBytes)
            json.WriteRaw("line"u8, line);
        json.WriteEndObject();
    }

    private static void WriteReason(string reason, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "unsupported"u8);
        json.WriteString("reason"u8, reason);
        json.WriteEndObject();
    }
}
