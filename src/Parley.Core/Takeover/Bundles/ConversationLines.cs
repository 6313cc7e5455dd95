using System.Text;
using System.Text.Json;
using Parley.Core.Sessions;

namespace Parley.Core.Takeover.Bundles;

/// <summary>Writes the entries of one thread as the lines of a transcript, each hanging off the one before.</summary>
/// <param name="session">The id of the session.</param>
/// <param name="thread">What no other thread has: the ids of the lines are made of it.</param>
/// <param name="header">The bundle's.</param>
/// <param name="agentId">The subagent's; null in the conversation itself.</param>
/// <param name="speakers">Says who wrote what.</param>
/// <param name="beginning">What the lines go on from; null for nothing.</param>
internal sealed class ConversationLines(Guid session, Guid thread, SessionHeader header, string? agentId, Speakers speakers, Beginning? beginning = null)
{
    // The calls of the last answer that have no result so far, as JSON strings. The API takes no answer whose calls have none.
    private readonly List<byte[]> _openCalls = [.. beginning?.OpenCalls ?? []];

    // What people said to each other while a tool was working: nothing may stand between a call and its result.
    private readonly List<(Entry Entry, string Text)> _held = [];
    private DateTimeOffset _time = header.Date ?? DateTimeOffset.UnixEpoch;
    private readonly string _folder = Quote(beginning?.Files.Origin.WorkingDirectory ?? ".");
    private Guid? _last = beginning?.Leaf;
    private long _lines;

    public void WriteTitle(Stream output) => Put(output, $"{{\"type\":\"ai-title\",\"aiTitle\":{Quote(header.Title)},\"sessionId\":\"{session}\"}}\n");

    public void Write(Entry entry, Stream output)
    {
        _time = entry.Timestamp ?? _time;
        EntryBlocks blocks = EntryBlocks.Of(entry);
        switch (entry.Role)
        {
            case Role.Assistant:
                CloseCalls(output);
                WriteAnswer(entry, blocks, output);
                break;
            case Role.User:
                WritePrompt(entry, blocks, output);
                break;
            case Role.Event when blocks.Note is { } note:
                _held.Add((entry, note));
                WriteHeld(output);
                break;
            case Role.Event when blocks.Summary is { } summary && agentId is null:
                _openCalls.Clear();
                WriteCompaction(summary, output);
                break;
        }
    }

    /// <summary>Writes what was held back.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="last">The last line; the thread's id when there is none.</param>
    public void End(Stream output, out Guid last)
    {
        if (_held.Count > 0)
            CloseCalls(output);
        last = _last ?? thread;
    }

    // A line for each block, as the client has it. They belong to one message by its id.
    private void WriteAnswer(Entry entry, EntryBlocks blocks, Stream output)
    {
        string id = $"msg_{DigestId.Of(thread, _lines):N}";
        // The client goes on with the model that it finds, so one that isn't its own must not stand here.
        string model = entry.Model is { } name && name.StartsWith("claude", StringComparison.Ordinal) ? Quote(name) : "\"<synthetic>\"";
        foreach (Block block in blocks.Sent)
        {
            Begin("assistant", output);
            Put(output, $",\"message\":{{\"id\":\"{id}\",\"type\":\"message\",\"role\":\"assistant\",\"model\":{model},\"content\":[");
            output.Write(block.Json.Span);
            Put(output, $"],\"stop_reason\":\"{(blocks.HasCalls ? "tool_use" : "end_turn")}\",\"stop_sequence\":null");
            Put(output, $",\"usage\":{{\"input_tokens\":{entry.Usage?.Input ?? 0},\"output_tokens\":{entry.Usage?.Output ?? 0}}}}}");
            End(output);
            if (block.Kind == EntryBlockKind.Call)
                _openCalls.Add(block.Call);
        }
    }

    // Results of calls that aren't there, because the author left out what came before, would be refused.
    private void WritePrompt(Entry entry, EntryBlocks blocks, Stream output)
    {
        Block[] sent = [.. blocks.Sent.Where(block => block.Kind != EntryBlockKind.Result || IsOpen(block.Call))];
        if (sent.Length == 0)
            return;
        if (!sent.Any(block => block.Kind == EntryBlockKind.Result))
            CloseCalls(output);
        foreach (Block result in sent.Where(block => block.Kind == EntryBlockKind.Result))
            _openCalls.RemoveAll(call => call.AsSpan().SequenceEqual(result.Call));
        Begin("user", output);
        Put(output, ",\"message\":{\"role\":\"user\",\"content\":[");
        if (entry.Author is { Length: > 0 } author)
            Put(output, $"{{\"type\":\"text\",\"text\":{Quote(speakers.Prompt(author))}}},");
        for (int i = 0; i < sent.Length; i++)
        {
            output.Write(i == 0 ? ""u8 : ","u8);
            output.Write(sent[i].Json.Span);
        }
        Put(output, "]}");
        End(output);
        WriteHeld(output);
    }

    private void WriteHeld(Stream output)
    {
        if (_openCalls.Count > 0)
            return;
        foreach ((Entry note, string text) in _held)
        {
            _time = note.Timestamp ?? _time;
            Begin("user", output);
            Put(output, $",\"message\":{{\"role\":\"user\",\"content\":{Quote($"{speakers.Note(note.Author ?? "")}\n{text}")}}}");
            End(output);
        }
        _held.Clear();
    }

    private void CloseCalls(Stream output)
    {
        if (_openCalls.Count == 0)
            return;
        Begin("user", output);
        Put(output, ",\"message\":{\"role\":\"user\",\"content\":[");
        for (int i = 0; i < _openCalls.Count; i++)
        {
            Put(output, $"{(i == 0 ? "" : ",")}{{\"type\":\"tool_result\",\"tool_use_id\":");
            output.Write(_openCalls[i]);
            Put(output, ",\"content\":\"[no result]\"}");
        }
        Put(output, "]}");
        End(output);
        _openCalls.Clear();
        WriteHeld(output);
    }

    // What stands before is shown and no longer sent.
    private void WriteCompaction(string summary, Stream output)
    {
        Guid? before = _last;
        _last = null;
        Begin("system", output);
        Put(output, $",\"subtype\":\"compact_boundary\",\"content\":\"Conversation compacted\",\"level\":\"info\",\"isMeta\":false,\"logicalParentUuid\":{Quote(before)}");
        Put(output, ",\"compactMetadata\":{\"trigger\":\"manual\",\"preTokens\":0}");
        End(output);
        Begin("user", output);
        Put(output, $",\"isCompactSummary\":true,\"isVisibleInTranscriptOnly\":true,\"message\":{{\"role\":\"user\",\"content\":{Quote(summary)}}}");
        End(output);
    }

    private bool IsOpen(byte[] call) => _openCalls.Any(open => open.AsSpan().SequenceEqual(call));

    private void Begin(string type, Stream output)
    {
        Guid id = DigestId.Of(thread, _lines++);
        Put(output, $"{{\"parentUuid\":{Quote(_last)},\"isSidechain\":{(agentId is null ? "false" : "true")},\"type\":\"{type}\",\"uuid\":\"{id}\"");
        _last = id;
    }

    private void End(Stream output)
    {
        Put(output, $",\"timestamp\":\"{JsonText.Timestamp(_time)}\",\"userType\":\"external\",\"cwd\":{_folder},\"sessionId\":\"{session}\"");
        if (header.Branch is { } branch)
            Put(output, $",\"gitBranch\":{Quote(branch)}");
        if (agentId is not null)
            Put(output, $",\"agentId\":\"{agentId}\"");
        output.Write("}\n"u8);
    }

    private static string Quote(Guid? id) => id is null ? "null" : $"\"{id}\"";

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, JsonText.Encoder)}\"";

    private static void Put(Stream output, string json) => output.Write(Encoding.UTF8.GetBytes(json));
}
