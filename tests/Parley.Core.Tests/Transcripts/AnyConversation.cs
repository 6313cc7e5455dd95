namespace Parley.Core.Tests.Transcripts;

/// <summary>Lines of a conversation that takes every turn a real one can take, and some that none does.</summary>
internal sealed class AnyConversation(Random random)
{
    private readonly List<string> _uuids = [];
    private readonly List<string> _calls = [];
    private readonly List<string> _lines = [];
    private int _messages;

    public string NextLine()
    {
        string line = random.Next(24) switch
        {
            0 => Lines.LastPrompt(Any(_uuids) ?? "nowhere"),
            1 when _lines.Count > 0 => Any(_lines)!,
            2 => Lines.Boundary(New(), Any(_uuids), [.. _uuids.TakeLast(random.Next(3))]),
            3 => Lines.Summary(New(), Last(), "in short"),
            4 => Lines.User(New(), random.Next(3) == 0 ? "lost" : Any(_uuids), "rewound"),
            5 => Lines.User(New(), Last(), "Continue from where you left off."),
            6 when _uuids.Count > 0 => Lines.User(Any(_uuids)!, Last(), "again"),
            7 => Lines.Answer(New(), Last(), "late", $"m{random.Next(_messages + 1)}"),
            < 12 => Lines.Call(New(), Last(), NewCall(), $"m{_messages}"),
            < 16 => Lines.Result(New(), random.Next(3) == 0 ? Any(_uuids) : Last(), Any(_calls) ?? "t"),
            < 19 => Lines.Answer(New(), Last(), "said", $"m{_messages += random.Next(2)}"),
            _ => Lines.User(New(), Last(), "prompt"),
        };
        _lines.Add(line);
        return line;
    }

    // The line before the last one is named first, by New.
    private string? Last() => _uuids.Count > 1 ? _uuids[^2] : null;

    private string? Any(List<string> among) => among.Count == 0 ? null : among[random.Next(among.Count)];

    private string New()
    {
        _uuids.Add($"u{_uuids.Count}");
        return _uuids[^1];
    }

    private string NewCall()
    {
        _calls.Add($"t{_calls.Count}");
        return _calls[^1];
    }
}
