using System.Globalization;
using System.Text.Json.Serialization;
using Parley.Server.Context;
using Parley.Server.Workspaces;

namespace Parley.Server.Promoting;

/// <summary>Something about a promotion that is done, in the words that every surface shows.</summary>
/// <param name="Step"><c>created</c>, <c>mirrored</c>, <c>mounted</c>, <c>invited</c> or <c>routed</c>.</param>
/// <param name="Title">What is done, e.g. <c>Mirrored 7 turns of conversation</c>.</param>
/// <param name="Detail">More of it, e.g. <c>14 messages · 4 tool calls · 12,840 tokens carried</c>; null for nothing.</param>
/// <param name="Counts">The same for programs, by what is counted; null where nothing is.</param>
public sealed record PromotionStep(
    string Step,
    string Title,
    string? Detail = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, long>? Counts = null)
{
    internal static PromotionStep Created(PromotionMode mode, bool isNew, string url) => new(
        "created",
        (mode, isNew) switch
        {
            (PromotionMode.View, _) => "Found the session",
            (_, true) => "Created shared workspace",
            _ => "Found the shared workspace",
        },
        url);

    internal static PromotionStep Mirrored(Conversation said) => new(
        "mirrored",
        $"Mirrored {Many(said.Turns, "turn")} of conversation",
        $"{Many(said.Messages, "message")} · {Many(said.ToolCalls, "tool call")} · {Many(said.Tokens, "token")} carried",
        new Dictionary<string, long> { ["turns"] = said.Turns, ["messages"] = said.Messages, ["toolCalls"] = said.ToolCalls, ["tokens"] = said.Tokens });

    internal static PromotionStep Mounted(PermittedContext context)
    {
        string[] resources =
        [
            .. context.Files.Select(folder => $"{folder.Key} · {Many(folder.Value, "file")}"),
            .. context.Memory is { } files ? [$"memory · {Many(files, "file")}"] : Array.Empty<string>(),
            .. context.Mcps,
        ];
        return new(
            "mounted",
            resources.Length == 0 ? "Kept all context private" : "Mounted context (read-only)",
            resources.Length == 0 ? null : string.Join(", ", resources),
            new Dictionary<string, long> { ["resources"] = resources.Length, ["files"] = context.FileCount });
    }

    internal static PromotionStep Invited(IReadOnlyList<Invited> people)
    {
        long sent = people.LongCount(person => person.Outcome == InviteOutcome.Invited);
        string already = string.Join(", ", people.Where(person => person.Outcome != InviteOutcome.Invited).Select(Already));
        string names = string.Join(", ", people.Where(person => person.Outcome == InviteOutcome.Invited).Select(person => person.Email));
        return new(
            "invited",
            sent == 0 ? "Everybody is invited already" : $"Invited {Many(sent, "person", "people")}",
            string.Join(" · ", new[] { names, already }.Where(part => part != "")),
            new Dictionary<string, long> { ["invited"] = sent, ["already"] = people.Count - sent });
    }

    internal static PromotionStep Routed { get; } = new(
        "routed", "Switched prompt routing to the workspace", "Local session pauses · the next prompt goes to the shared workspace");

    private static string Already(Invited person) => $"{person.Email} {(person.Outcome == InviteOutcome.AlreadyMember ? "is a member" : "was invited before")}";

    private static string Many(long count, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : many ?? $"{one}s")}");
}
