using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Core.Turns;

namespace Parley.Server.Turns;

/// <summary>What the log says of turns that ended without an answer.</summary>
internal static class TurnEvents
{
    public const string RunnerLost = "whatever was answering stopped without a word, several times.";

    /// <summary>The entry that tells of it; none for an answer, which tells of itself.</summary>
    public static Entry[] Of(TurnOutcome outcome, string? reason, string? stoppedBy, DateTimeOffset now) => outcome switch
    {
        TurnOutcome.Answered => [],
        TurnOutcome.Interrupted => [Event("interrupted", stoppedBy is null ? null : $"by {stoppedBy}", now)],
        _ => [Event("unanswered", reason, now)],
    };

    private static Entry Event(string name, string? text, DateTimeOffset now) => new()
    {
        Role = Role.Event,
        Timestamp = now,
        Blocks = JsonSerializer.SerializeToUtf8Bytes<object[]>([new { type = "event", @event = name, text }]),
    };
}
