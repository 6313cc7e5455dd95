using System.Buffers;
using System.Text.Json;
using Parley.Core.Sessions;

namespace Parley.Cli.Hosting;

/// <summary>Writes a step of an answer, or the end of a turn, as the wire of runners has it (docs/turns.md).</summary>
internal static class StepJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JsonText.Encoder };

    /// <param name="step">How many times it is for this turn.</param>
    /// <param name="entries">Answers and results of tools.</param>
    /// <param name="outcome"><c>answered</c>, <c>failed</c> or <c>interrupted</c>; null while the turn goes on.</param>
    /// <param name="reason">Why it failed.</param>
    public static ReadOnlyMemory<byte> Of(long step, IReadOnlyList<Entry> entries, string? outcome, string? reason)
    {
        var body = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(body, Options);
        json.WriteStartObject();
        json.WriteNumber("step"u8, step);
        json.WriteString("model"u8, entries.LastOrDefault(entry => entry.Model is not null)?.Model ?? "");
        json.WriteStartObject("usage"u8);
        json.WriteNumber("input"u8, entries.Sum(entry => entry.Usage?.Input ?? 0));
        json.WriteNumber("output"u8, entries.Sum(entry => entry.Usage?.Output ?? 0));
        json.WriteEndObject();
        json.WriteStartArray("entries"u8);
        foreach (Entry entry in entries)
        {
            var one = new ArrayBufferWriter<byte>();
            EntryJson.Write(one, entry);
            json.WriteRawValue(one.WrittenSpan, skipInputValidation: true);
        }
        json.WriteEndArray();
        if (outcome is not null)
            json.WriteString("outcome"u8, outcome);
        if (reason is not null)
            json.WriteString("reason"u8, reason);
        json.WriteEndObject();
        json.Flush();
        return body.WrittenMemory;
    }
}
