using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Parley.Core.Rendering;
using Parley.Core.Sessions;
using Parley.Core.Transcripts.ClaudeCode;

namespace Parley.Core.Transcripts.Codex;

/// <summary>What a rollout's first line tells: whose thread it is, where it was begun, and what it goes on from.</summary>
internal sealed record RolloutMeta
{
    /// <summary>The thread's id, which <c>codex resume</c> takes; null when the line names none.</summary>
    public Guid? Thread { get; init; }

    public string? WorkingDirectory { get; init; }

    public string? Branch { get; init; }

    public string? ClientVersion { get; init; }

    /// <summary>Whether the rollout's lines are numbered and hold what the client shows; since 2026 all do.</summary>
    public bool IsPaginated { get; init; }

    public DateTimeOffset? Created { get; init; }

    /// <summary>Whether the thread is one that the agent started beside its own.</summary>
    public bool IsSubagent { get; init; }

    /// <summary>Where the conversation begins, if not in this file: that of a fork, or of a thread that was taken back to an earlier turn.</summary>
    public HistoryBase? Base { get; init; }

    /// <summary>Reads a file's first line; null if the file isn't one of Codex's.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static RolloutMeta? Read(string path)
    {
        using SafeFileHandle file = TranscriptFile.Open(path);
        var lines = new LineReader();
        RolloutMeta? meta = lines.Read(file) ? Parse(lines.Line) : null;
        lines.Rest();
        return meta;
    }

    private static RolloutMeta? Parse(ReadOnlySpan<byte> line)
    {
        if (RawJson.Text(RawJson.Member(line, "type"u8)) != "session_meta")
            return null;
        try
        {
            using JsonDocument json = JsonDocument.Parse(line.ToArray(), Json.Options);
            return json.RootElement.Member("payload") is { ValueKind: JsonValueKind.Object } payload ? Of(payload) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static RolloutMeta Of(JsonElement payload) => new()
    {
        Thread = Guid.TryParse(payload.String("id"), out Guid id) ? id : null,
        WorkingDirectory = payload.String("cwd"),
        Branch = payload.Member("git")?.String("branch"),
        ClientVersion = payload.String("cli_version"),
        IsPaginated = payload.String("history_mode") == "paginated",
        Created = JsonText.ParseTimestamp(payload.String("timestamp")),
        IsSubagent = payload.Member("source")?.Member("subagent") is not null,
        Base = payload.Member("history_base") is { } from && Guid.TryParse(from.String("thread_id"), out Guid rollout)
            ? new HistoryBase(rollout, from.Integer("end_byte_offset") ?? 0)
            : null,
    };
}

/// <summary>The part of another rollout, from its beginning, that a conversation begins with.</summary>
/// <param name="Rollout">The other rollout's id (<see cref="RolloutName"/>); the client calls it a thread's.</param>
/// <param name="EndOffset">Bytes of it that belong to the conversation.</param>
internal sealed record HistoryBase(Guid Rollout, long EndOffset);
