using System.Text.Json.Serialization;
using Parley.Core.Context;

namespace Parley.Cli.Promoting;

/// <summary>What is asked of <c>POST /api/sessions/{id}/share</c> when people are to join; what is null is left to the server.</summary>
internal sealed record PromotionRequest
{
    /// <summary>E-mail addresses.</summary>
    public required IReadOnlyList<string> Recipients { get; init; }

    /// <summary><c>viewer</c>, <c>suggester</c> or <c>prompter</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Role { get; init; }

    /// <summary>What the agent may use from now on; null for what it may use already.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ContextChoice? Context { get; init; }

    /// <summary><c>multiplayer</c> or <c>view</c>.</summary>
    public string Mode { get; init; } = Multiplayer;

    /// <summary>Whether the link alone lets anyone read it; null for as it is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Link { get; init; }

    public const string Multiplayer = "multiplayer", View = "view";
}

/// <summary>A step of a promotion that is done, as the server tells it.</summary>
/// <param name="Step"><c>created</c>, <c>mirrored</c>, <c>mounted</c>, <c>invited</c> or <c>routed</c>.</param>
/// <param name="Title">What is done, for people.</param>
/// <param name="Detail">More of it; null for nothing.</param>
/// <param name="Counts">The same for programs; null where nothing is counted.</param>
internal sealed record PromotionStep(
    string Step, string Title, string? Detail, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, long>? Counts = null);

/// <summary>What has become of a promotion, and what <c>parley share --to … --json</c> prints.</summary>
internal sealed record PromotionResult(
    string Url,
    string ShareId,
    IReadOnlyList<InvitedPerson> Invited,
    PermittedContext? Context,
    string Mode,
    IReadOnlyList<PromotionStep> Steps);

/// <param name="Email">The address.</param>
/// <param name="Outcome"><c>invited</c>, <c>alreadyInvited</c> or <c>alreadyMember</c>.</param>
/// <param name="Link">Where the invitation is accepted, for the author to pass on; null where the server sends it by mail.</param>
internal sealed record InvitedPerson(string Email, string Outcome, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Link = null);

/// <param name="Files">How many files the agent can read.</param>
/// <param name="Folders">The folders, with how many files each has.</param>
/// <param name="Memory">Whether the project's memory is shared.</param>
/// <param name="Mcps">The MCP servers that are shared.</param>
internal sealed record PermittedContext(long Files, IReadOnlyDictionary<string, long> Folders, bool Memory, IReadOnlyList<string> Mcps)
{
    /// <summary>For people: <c>28 files in src/service, memory, linear</c>.</summary>
    public override string ToString()
    {
        string[] parts =
        [
            .. Folders.Select(folder => $"{folder.Value:N0} files in {folder.Key} (read-only)"),
            .. Memory ? ["the project's memory"] : Array.Empty<string>(),
            .. Mcps,
        ];
        return parts.Length == 0 ? "nothing but the conversation" : string.Join(", ", parts);
    }
}
