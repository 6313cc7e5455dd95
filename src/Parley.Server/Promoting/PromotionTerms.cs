using Parley.Core.Context;
using Parley.Core.Sessions;
using Parley.Server.Mail;
using Parley.Server.Sharing;

namespace Parley.Server.Promoting;

/// <summary>What a session is to be promoted to, once it makes sense.</summary>
/// <param name="Recipients">Addresses of people to invite, each once.</param>
/// <param name="Role">What they may do.</param>
/// <param name="Mode">Where the conversation goes on.</param>
/// <param name="Context">What the agent may use; null for what it may use already.</param>
/// <param name="Link">Whether the session's link alone lets anyone read it; null for as it is.</param>
public sealed record PromotionTerms(IReadOnlyList<string> Recipients, MemberRole Role, PromotionMode Mode, ContextChoice? Context, bool? Link)
{
    /// <summary>The most people that one request invites.</summary>
    public const int MaxRecipients = 50;

    /// <summary>The most resources that one request names.</summary>
    public const int MaxResources = 200;

    /// <summary>The terms that a request asks for; null, with what is wrong, when it makes no sense.</summary>
    public static PromotionTerms? Of(ShareRequest request, out string? problem)
    {
        PromotionMode? mode = request.Mode is null ? PromotionMode.Multiplayer : PromotionModes.Parse(request.Mode);
        MemberRole? role = request.Role is null ? DefaultRole(mode) : MemberRoles.Parse(request.Role);
        problem = Problem(request, mode, role);
        return problem is not null ? null : new PromotionTerms(
            [.. (request.Recipients ?? []).Select(address => EmailAddress.Normalize(address)!).Distinct()],
            role!.Value, mode!.Value, request.Context, request.Link);
    }

    private static MemberRole DefaultRole(PromotionMode? mode) => mode == PromotionMode.View ? MemberRole.Viewer : MemberRole.Prompter;

    private static string? Problem(ShareRequest request, PromotionMode? mode, MemberRole? role) => request switch
    {
        { Token: not null } => "A token is made by a request of its own: leave recipients, role, context and mode out.",
        _ when mode is null => "mode is \"multiplayer\" or \"view\".",
        _ when role is null or MemberRole.Owner => "role is \"viewer\", \"suggester\" or \"prompter\". A session is handed on to another owner by POST /api/sessions/{id}/owner.",
        _ when mode == PromotionMode.View && role != MemberRole.Viewer => "In mode \"view\" people are viewers: take mode \"multiplayer\" for those who are to write.",
        // A stranger's JSON may hold null anywhere.
        { Context: { } context } when (context.Files ?? [null!]).Concat(context.Mcps ?? [null!]).Any(string.IsNullOrWhiteSpace) => "files and mcps are lists of names.",
        { Context.IsEmpty: false } when mode == PromotionMode.View => "In mode \"view\" there is no agent to use the context: take mode \"multiplayer\", or leave it out.",
        { Recipients.Count: > MaxRecipients } => $"At most {MaxRecipients} people are invited at once: invite the others by another request.",
        { Recipients: { } people } when people.FirstOrDefault(address => EmailAddress.Normalize(address) is null, "") is not "" and var wrong =>
            $"recipients is a list of e-mail addresses like ana@example.org: \"{wrong}\" is none.",
        { Context: { } context } when context.Files.Count + context.Mcps.Count > MaxResources => $"At most {MaxResources} resources are shared at once.",
        _ => null,
    };
}

/// <summary>Where the conversation of a promoted session goes on.</summary>
public enum PromotionMode
{
    /// <summary>In a workspace, in which people and an agent talk. The author's machine appends no more.</summary>
    Multiplayer,

    /// <summary>On the author's machine; people read it.</summary>
    View,
}

/// <summary>The modes' names on the wire.</summary>
public static class PromotionModes
{
    public static string Name(PromotionMode mode) => mode == PromotionMode.View ? "view" : "multiplayer";

    public static PromotionMode? Parse(string name) => name switch
    {
        "multiplayer" => PromotionMode.Multiplayer,
        "view" => PromotionMode.View,
        _ => null,
    };
}
