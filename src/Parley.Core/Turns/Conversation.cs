using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.Core.Sessions;

namespace Parley.Core.Turns;

/// <summary>
/// A session's entries as messages of the Messages API: what was said and done as it was, with every call of a tool directly before its result.
/// Thinking is left out, and so is what that API would not take. What people say is marked so that nobody can speak in another's name.
/// </summary>
public sealed class Conversation
{
    /// <summary>About how many characters of a conversation are given at most, so that it fits the model; the oldest go first, a quarter at a time.</summary>
    public const int MaxCharacters = 480_000;

    // An image is about so many tokens whatever its bytes are.
    private const int ImageCharacters = 6_000;

    private static readonly HashSet<string> ImageTypes = ["image/png", "image/jpeg", "image/gif", "image/webp"];

    private readonly Quoting _quoting;
    private readonly IReadOnlySet<string> _tools;
    private readonly Dictionary<string, Queue<JsonObject>> _results = [];
    private readonly List<Call> _pending = [];
    private readonly JsonArray _messages = [];

    private Conversation(Quoting quoting, IReadOnlySet<string> tools) => (_quoting, _tools) = (quoting, tools);

    /// <summary>The messages, of which the first and the last are the user's.</summary>
    /// <param name="entries">The conversation's entries with their seqs, without subagents and what was gone back behind.</param>
    /// <param name="quoting">How people are told apart.</param>
    /// <param name="tools">The agent's own tools: what they have answered is marked as data.</param>
    public static JsonArray Of(IReadOnlyList<(long Seq, Entry Entry)> entries, Quoting quoting, IReadOnlySet<string> tools)
    {
        List<Said> said = [.. entries.Select(e => new Said(e.Seq, e.Entry, Parse(e.Entry)))];
        int start = Start(said);
        var conversation = new Conversation(quoting, tools);
        conversation.Collect(said.Skip(start));
        if (start > 0)
            conversation.Add("user", Text("(What was said before this is left out: it would be too long.)"));
        foreach (Said next in said.Skip(start))
            conversation.Add(next);
        conversation.End();
        return conversation._messages;
    }

    /// <summary>Says up to where the API is to keep what it has read: everything, and everything but the last thing said.</summary>
    public static void MarkForCaching(JsonArray messages)
    {
        foreach (JsonObject block in messages.SelectMany(message => message!["content"]!.AsArray()).OfType<JsonObject>())
            block.Remove("cache_control");
        foreach (JsonNode? message in messages.Where(message => (string?)message!["role"] == "user").TakeLast(2))
            message!["content"]!.AsArray()[^1]!["cache_control"] = new JsonObject { ["type"] = "ephemeral" };
    }

    // After what a runner had appended that was lost, the model goes on.
    private void End()
    {
        Add("user");
        if ((string?)_messages.LastOrDefault()?["role"] == "assistant")
            Add("user", Text("(Your answer was cut off here. Go on.)"));
    }

    private void Add(Said said)
    {
        switch (said.Entry.Role)
        {
            case Role.Assistant:
                AddAnswer(said);
                break;
            case Role.User:
                Add("user", [.. said.Blocks.Select(block => OfPerson(block, said.Entry.Author)).OfType<JsonObject>()]);
                break;
            default:
                Add("user", [.. said.Blocks.Select(block => OfEvent(block, said.Entry.Author)).OfType<JsonObject>()]);
                break;
        }
    }

    private void AddAnswer(Said said)
    {
        List<JsonObject> blocks = [];
        List<Call> calls = [];
        foreach ((int index, JsonObject block) in said.Blocks.Index())
        {
            if (Type(block) == "text" && Clean(block) is { } text)
                blocks.Add(Text(text));
            else if (Type(block) == "tool_use" && String(block["name"]) is { Length: > 0 } name)
            {
                // Ids are given anew: those of other agents may have another form, or come twice.
                calls.Add(new Call($"call_{said.Seq}_{index}", String(block["id"]) ?? "", name));
                JsonNode input = block["input"] is JsonObject given ? given.DeepClone() : new JsonObject();
                blocks.Add(new JsonObject { ["type"] = "tool_use", ["id"] = calls[^1].Id, ["name"] = Name(name), ["input"] = input });
            }
        }
        Add("assistant", [.. blocks]);
        _pending.AddRange(calls);
    }

    private JsonObject? OfPerson(JsonObject block, string? author) => Type(block) switch
    {
        "text" or "note" when Clean(block) is { } text => Text(author is null ? text : Type(block) == "note" ? _quoting.Note(author, text) : _quoting.Person(author, text)),
        "image" => Image(block),
        _ => null,
    };

    private JsonObject? OfEvent(JsonObject block, string? author) => Type(block) switch
    {
        "note" when Clean(block) is { } text => Text(_quoting.Note(author ?? "somebody", text)),
        "event" when String(block["event"]) == "compacted" && String(block["summary"]) is { Length: > 0 } summary =>
            Text($"This conversation goes on from an earlier one. What happened there:\n\n{_quoting.Without(summary)}"),
        "event" when String(block["event"]) is { } what => Text(_quoting.Event($"{String(block["name"])} {what.Replace('_', ' ')} {String(block["text"])}".Trim())),
        _ => null,
    };

    // The same speaker goes on in the same message; what tools have answered comes first in the user's.
    private void Add(string role, params JsonObject[] blocks)
    {
        List<JsonObject> content = [.. role == "user" ? TakeResults() : [], .. blocks];
        if (content.Count == 0)
            return;
        if (_messages.Count == 0 && role == "assistant")
            Add("user", Text("(The conversation begins with the agent.)"));
        if ((string?)_messages.LastOrDefault()?["role"] != role)
            _messages.Add((JsonNode)new JsonObject { ["role"] = role, ["content"] = new JsonArray() });
        foreach (JsonObject block in content)
            _messages[^1]!["content"]!.AsArray().Add((JsonNode)block);
    }

    private List<JsonObject> TakeResults()
    {
        List<JsonObject> results = [];
        foreach ((string id, string original, string name) in _pending)
        {
            JsonObject? answer = _results.TryGetValue(original, out Queue<JsonObject>? waiting) && waiting.TryDequeue(out JsonObject? first) ? first : null;
            var result = new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = id, ["content"] = answer is null ? Text("This was cut off: there is no result.").Wrap() : Content(answer, name) };
            if (answer is null || answer["is_error"] is JsonValue error && error.GetValueKind() == JsonValueKind.True)
                result["is_error"] = true;
            results.Add(result);
        }
        _pending.Clear();
        return results;
    }

    private JsonArray Content(JsonObject result, string name)
    {
        bool isOurs = _tools.Contains(name);
        var content = new JsonArray();
        foreach (JsonObject block in result["content"] is JsonArray blocks ? blocks.OfType<JsonObject>() : [])
        {
            if (Type(block) == "text" && Clean(block) is { } text)
                content.Add((JsonNode)Text(isOurs ? _quoting.Data(text) : text));
            else if (Type(block) == "image")
                content.Add((JsonNode)Image(block));
        }
        if (String(result["content"]) is { Length: > 0 } all)
            content.Add((JsonNode)Text(isOurs ? _quoting.Data(all) : _quoting.Without(all)));
        return content.Count > 0 ? content : Text("(nothing)").Wrap();
    }

    private void Collect(IEnumerable<Said> said)
    {
        foreach (JsonObject block in said.Where(s => s.Entry.Role == Role.User).SelectMany(s => s.Blocks).Where(b => Type(b) == "tool_result"))
        {
            string id = String(block["tool_use_id"]) ?? "";
            if (!_results.TryGetValue(id, out Queue<JsonObject>? waiting))
                _results.Add(id, waiting = new());
            waiting.Enqueue(block);
        }
    }

    private string? Clean(JsonObject block) => String(block["text"]) is { } text && !string.IsNullOrWhiteSpace(text) ? _quoting.Without(text) : null;

    private static JsonObject Image(JsonObject block) =>
        block["source"] is JsonObject source && String(source["type"]) == "base64" && ImageTypes.Contains(String(source["media_type"]) ?? "")
            ? new JsonObject { ["type"] = "image", ["source"] = source.DeepClone() }
            : Text("(an image that can't be shown)");

    // Where the newest part that fits begins: at something that a person said. It moves by large steps, so that the API's cache serves for many turns.
    private static int Start(List<Said> said)
    {
        long over = said.Sum(s => (long)s.Size) - MaxCharacters;
        if (over <= 0)
            return 0;
        const int step = MaxCharacters / 4;
        long gone = 0, drop = (over + step - 1) / step * step;
        int start = 0;
        while (start < said.Count - 1 && (gone < drop || !said[start].IsPrompt))
            gone += said[start++].Size;
        return start;
    }

    private static List<JsonObject> Parse(Entry entry)
    {
        try
        {
            return [.. JsonNode.Parse(entry.Blocks.Span, documentOptions: new JsonDocumentOptions { MaxDepth = JsonText.MaxDepth, AllowDuplicateProperties = false })!.AsArray().OfType<JsonObject>()];
        }
        catch (JsonException)
        {
            // Nested too deeply, or a member that comes twice: nothing that a model could be given.
            return [];
        }
    }

    private static string Name(string name) => string.Concat(name.Take(64).Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '_'));

    private static string? Type(JsonObject block) => String(block["type"]);

    private static string? String(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static JsonObject Text(string text) => new() { ["type"] = "text", ["text"] = text };

    /// <summary>A call whose result has not been given yet.</summary>
    private readonly record struct Call(string Id, string Original, string Name);

    private sealed record Said(long Seq, Entry Entry, List<JsonObject> Blocks)
    {
        public bool IsPrompt => Entry.Role == Role.User && !Blocks.Exists(b => Type(b) == "tool_result");

        public int Size => Blocks.Sum(b => Type(b) == "image" ? ImageCharacters : 100) + (Blocks.Exists(b => Type(b) == "image") ? 0 : Entry.Blocks.Length);
    }
}

/// <summary>A block alone as content.</summary>
internal static class SingleBlock
{
    internal static JsonArray Wrap(this JsonObject block) => [block];
}
