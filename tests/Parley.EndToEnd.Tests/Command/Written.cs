using System.Text;
using System.Text.Json.Nodes;

namespace Parley.EndToEnd.Tests.Command;

/// <summary>Writes a transcript as Claude Code does, as far as a test needs it.</summary>
public sealed class Written(string folder, string cwd)
{
    private static readonly DateTimeOffset Start = new(2026, 2, 26, 18, 0, 0, TimeSpan.Zero);

    private readonly StringBuilder _lines = new();
    private readonly List<string> _uuids = [];
    private string? _last;
    private int _count;
    private int _appended;

    public string Id { get; init; } = Guid.NewGuid().ToString();

    public string File => Path.Combine(folder, Id + ".jsonl");

    public Written Prompt(string text) => Line("user", new JsonObject { ["role"] = "user", ["content"] = text });

    public Written Answer(string text) => Answer(new JsonObject { ["type"] = "text", ["text"] = text });

    public Written Thinking(string text) => Answer(new JsonObject { ["type"] = "thinking", ["thinking"] = text, ["signature"] = "" });

    /// <summary>A tool's call and what it answered.</summary>
    public Written Tool(string name, JsonObject input, string result)
    {
        string id = $"toolu_{_count:D4}";
        Answer(new JsonObject { ["type"] = "tool_use", ["id"] = id, ["name"] = name, ["input"] = input });
        var block = new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = id, ["content"] = result };
        return Line("user", new JsonObject { ["role"] = "user", ["content"] = new JsonArray(block) });
    }

    public Written Title(string title)
    {
        _lines.Append(new JsonObject { ["type"] = "custom-title", ["customTitle"] = title, ["sessionId"] = Id }.ToJsonString()).Append('\n');
        return this;
    }

    /// <summary>Writes the file; a session that is saved later is newer.</summary>
    public Written Save(int minutesOld = 0)
    {
        System.IO.File.WriteAllText(File, _lines.ToString());
        System.IO.File.SetLastWriteTimeUtc(File, DateTime.UtcNow.AddMinutes(-minutesOld));
        return this;
    }

    /// <summary>Appends what has been said since, as the client does.</summary>
    public Written Append()
    {
        System.IO.File.AppendAllText(File, _lines.ToString(_appended, _lines.Length - _appended));
        _appended = _lines.Length;
        return this;
    }

    /// <summary>Goes on behind the last line but so many.</summary>
    public Written Rewind(int lines)
    {
        _last = _uuids[^(lines + 1)];
        return this;
    }

    private Written Answer(JsonObject block) => Line("assistant", new JsonObject
    {
        ["id"] = $"msg_{_count:D4}",
        ["role"] = "assistant",
        ["model"] = "claude-sonnet-4-6",
        ["content"] = new JsonArray(block),
        ["usage"] = new JsonObject { ["input_tokens"] = 10, ["output_tokens"] = 2 },
    });

    private Written Line(string type, JsonObject message)
    {
        string uuid = Guid.NewGuid().ToString();
        var line = new JsonObject
        {
            ["parentUuid"] = _last,
            ["isSidechain"] = false,
            ["userType"] = "external",
            ["cwd"] = cwd,
            ["sessionId"] = Id,
            ["version"] = "2.1.197",
            ["gitBranch"] = "main",
            ["type"] = type,
            ["message"] = message,
            ["uuid"] = uuid,
            ["timestamp"] = Start.AddSeconds(_count++).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'"),
        };
        _lines.Append(line.ToJsonString()).Append('\n');
        _last = uuid;
        _uuids.Add(uuid);
        return this;
    }
}
