using System.Text.Json.Serialization;
using Parley.Server.Workspaces;

namespace Parley.Server.Promoting;

/// <summary>What the API answers about a promotion.</summary>
/// <param name="Url">Where the people meet.</param>
/// <param name="ShareId">The session.</param>
/// <param name="Invited">Who was to be invited.</param>
/// <param name="Context">What the agent may use now; null when that was left as it is.</param>
/// <param name="Mode"><c>multiplayer</c> or <c>view</c>.</param>
/// <param name="Steps">What was done, in order.</param>
public sealed record PromotionAnswer(
    string Url,
    string ShareId,
    IReadOnlyList<InvitedPerson> Invited,
    SharedContext? Context,
    string Mode,
    IReadOnlyList<PromotionStep> Steps)
{
    /// <param name="sessionId">The session.</param>
    /// <param name="promoted">What has become of it.</param>
    /// <param name="url">Where its page is.</param>
    /// <param name="link">The link that a secret of an invitation ends.</param>
    internal static PromotionAnswer Of(string sessionId, Promoted promoted, string url, Func<string, string> link) => new(
        url,
        sessionId,
        [.. promoted.Invited.Select(person => InvitedPerson.Of(person, link))],
        promoted.Context is { } context ? new SharedContext(context.FileCount, context.Files, context.Memory is not null, context.Mcps) : null,
        PromotionModes.Name(promoted.Mode),
        promoted.Steps);
}

/// <param name="Email">The address.</param>
/// <param name="Outcome"><c>invited</c>, <c>alreadyInvited</c> or <c>alreadyMember</c>.</param>
/// <param name="Link">Where the invitation is accepted, to be passed on by the owner; absent where the server sends it by mail.</param>
public sealed record InvitedPerson(string Email, string Outcome, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Link = null)
{
    internal static InvitedPerson Of(Invited person, Func<string, string> link) => new(
        person.Email,
        person.Outcome switch { InviteOutcome.Invited => "invited", InviteOutcome.AlreadyInvited => "alreadyInvited", _ => "alreadyMember" },
        person.Secret is { } secret ? link(secret) : null);
}

/// <param name="Files">How many files the agent can read, of folders and memory.</param>
/// <param name="Folders">The folders, with how many files each has.</param>
/// <param name="Memory">Whether the project's memory is shared.</param>
/// <param name="Mcps">The MCP servers that are shared.</param>
public sealed record SharedContext(long Files, IReadOnlyDictionary<string, long> Folders, bool Memory, IReadOnlyList<string> Mcps);
