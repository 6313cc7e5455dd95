using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Win32.SafeHandles;
using Parley.Core.Sessions;
using Parley.Core.Takeover.ClaudeCode;
using Parley.Core.Transcripts.ClaudeCode;
using Parley.Core.Transcripts.Codex;

namespace Parley.Core.Takeover.Codex;

/// <summary>
/// Copies a session into one rollout in the form in which another machine resumes it: what was said and done comes along (<see cref="TravellingLine"/>),
/// what the sender's client set up for it (instructions, permissions, environment) does not. A line at a time is held.
/// </summary>
/// <param name="parts">The files of the conversation, from its beginning on.</param>
/// <param name="meta">The last one's first line.</param>
internal sealed class RolloutCopy(IReadOnlyList<RolloutPart> parts, RolloutMeta meta)
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JsonText.Encoder };

    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = JsonScanner.MaxValidDepth };

    private readonly ArrayBufferWriter<byte> _line = new();
    private long _ordinal;

    /// <summary>Writes the rollout.</summary>
    /// <param name="rules">What is changed about the lines.</param>
    /// <param name="output">Where to.</param>
    /// <param name="goOn">Is asked before each line.</param>
    /// <returns>Whether anything of a conversation came along.</returns>
    /// <exception cref="IOException">A file can't be read.</exception>
    public bool Write(TravelRules rules, Stream output, Func<bool> goOn)
    {
        var travelling = new TravellingLine(rules);
        bool hasConversation = false;
        _ordinal = 0;
        WriteLine("session_meta", Begun, json => WriteMeta(rules, json), output);
        foreach (RolloutPart part in parts)
        {
            using SafeFileHandle file = TranscriptFile.Open(part.Path);
            var lines = new LineReader();
            while (lines.Read(file) && lines.Offset < part.End && goOn())
                hasConversation |= Copy(lines.Line, travelling, output);
            lines.Rest();
        }
        return hasConversation;
    }

    private DateTimeOffset Begun => meta.Created ?? DateTimeOffset.UnixEpoch;

    private bool Copy(ReadOnlySpan<byte> text, TravellingLine travelling, Stream output)
    {
        if (!RolloutLine.TryParse(text, out RolloutLine line) || line.Payload.IsEmpty || line.IsSummary)
            return false;
        try
        {
            byte[] payload = Utf8.IsValid(line.Payload) ? line.Payload.ToArray() : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(line.Payload));
            using JsonDocument document = JsonDocument.Parse(payload, Reading);
            string type = Encoding.UTF8.GetString(line.Type);
            if (!TravellingLine.Travels(type, document.RootElement))
                return false;
            long written = Timestamp.Ticks(line.Timestamp);
            WriteLine(type, written == 0 ? Begun : new DateTimeOffset(written, TimeSpan.Zero), json => travelling.Write(type, document.RootElement, json), output);
            return type == "response_item";
        }
        catch (JsonException)
        {
            return false; // What is no JSON here would be none there.
        }
    }

    private void WriteMeta(TravelRules rules, Utf8JsonWriter json)
    {
        string? id = rules.SessionId ?? meta.Thread?.ToString();
        json.WriteStartObject();
        json.WriteString("session_id"u8, id);
        json.WriteString("id"u8, id);
        json.WriteString("timestamp"u8, JsonText.Timestamp(Begun));
        json.WriteString("cwd"u8, rules.WorkingDirectory?.Invoke(meta.WorkingDirectory ?? ""));
        json.WriteString("originator"u8, RolloutLine.Parley);
        json.WriteString("cli_version"u8, meta.ClientVersion ?? "0.0.0");
        json.WriteString("source"u8, "cli"u8);
        if (meta.IsPaginated)
            json.WriteString("history_mode"u8, "paginated"u8);
        json.WriteEndObject();
    }

    // The client counts the lines of such a rollout and refuses one with a gap.
    private void WriteLine(string type, DateTimeOffset written, Action<Utf8JsonWriter> writePayload, Stream output)
    {
        _line.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_line, Writing))
        {
            json.WriteStartObject();
            json.WriteString("timestamp"u8, JsonText.Timestamp(written));
            if (meta.IsPaginated)
                json.WriteNumber("ordinal"u8, _ordinal++);
            json.WriteString("type"u8, type);
            json.WritePropertyName("payload"u8);
            writePayload(json);
            json.WriteEndObject();
        }
        output.Write(_line.WrittenSpan);
        output.Write("\n"u8);
    }
}
