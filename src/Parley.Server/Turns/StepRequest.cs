using System.Runtime.InteropServices;
using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Core.Turns;
using Parley.Server.Sessions;

namespace Parley.Server.Turns;

/// <summary>
/// The body of a step or of an end, <c>{"step","model","usage":{"input","output","cacheRead","cacheWrite"},"entries":[…],"outcome","reason"}</c>.
/// A runner speaks for the agent alone: its entries are answers and results of tools, and of no person.
/// </summary>
internal sealed record StepRequest(RunnerStep Step, TurnOutcome? Outcome, string? Reason)
{
    /// <summary>The most entries of one step.</summary>
    public const int MaxEntries = 100;

    /// <exception cref="BundleException">It has another form; the message says what is wrong.</exception>
    public static StepRequest Read(byte[] body)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = JsonText.MaxDepth });
            JsonElement root = json.RootElement;
            return new StepRequest(
                new RunnerStep(root.GetProperty("step").GetInt64(), Entries(root), Text(root, "model") ?? "", Tokens(root)),
                Text(root, "outcome") switch { "answered" => TurnOutcome.Answered, "interrupted" => TurnOutcome.Interrupted, "failed" => TurnOutcome.Failed, _ => null },
                Text(root, "reason"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new BundleException($"The body is not {{\"step\":n,\"model\",\"usage\",\"entries\":[…]}}: {e.Message}", e);
        }
    }

    private static List<Entry> Entries(JsonElement root)
    {
        if (!root.TryGetProperty("entries", out JsonElement sent))
            return [];
        List<Entry> entries = [.. sent.EnumerateArray().Select(entry => EntryJson.Read(JsonMarshal.GetRawUtf8Value(entry).ToArray()))];
        return entries.Count > MaxEntries ? throw new JsonException($"a step has at most {MaxEntries} entries")
            : entries.TrueForAll(IsOfAgent) ? entries
            : throw new JsonException("a runner's entries are answers, and what tools have answered");
    }

    private static bool IsOfAgent(Entry entry)
    {
        if (entry.Author is not null || entry.Role == Role.Event)
            return false;
        if (entry.Role == Role.Assistant)
            return true;
        using JsonDocument blocks = JsonDocument.Parse(entry.Blocks, new JsonDocumentOptions { MaxDepth = JsonText.MaxDepth });
        return blocks.RootElement.EnumerateArray().All(block => Text(block, "type") == "tool_result");
    }

    private static TokenCounts Tokens(JsonElement root) => root.TryGetProperty("usage", out JsonElement usage)
        ? new TokenCounts(Count(usage, "input"), Count(usage, "output"), Count(usage, "cacheRead"), Count(usage, "cacheWrite"))
        : default;

    private static long Count(JsonElement usage, string name) =>
        usage.TryGetProperty(name, out JsonElement value) ? Math.Clamp(value.GetInt64(), 0, EntryTotals.MaxTokens) : 0;

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
