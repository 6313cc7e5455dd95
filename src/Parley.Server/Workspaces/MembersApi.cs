using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Hosting;
using Parley.Server.Mail;

namespace Parley.Server.Workspaces;

/// <summary>The routes by which people see who is in a session, and its owner decides about that.</summary>
public static class MembersApi
{
    public static void MapMembers(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder one = app.MapGroup("/api/sessions/{id}").For(Audience.Accounts).WithTags("People").LimitRequests().LimitMisses()
            .ProducesProblem(StatusCodes.Status404NotFound);
        one.MapGet("/members", ListAsync).WithSummary("Who is in the session, its owner first");
        one.MapPatch("/members/{accountId:long}", ChangeRoleAsync).WithSummary("Gives a member another role: viewer, suggester or prompter");
        one.MapDelete("/members/{accountId:long}", RemoveAsync).WithSummary("Removes a member, or leaves the session; open streams end");
        one.MapPost("/owner", HandOnAsync).WithSummary("Makes a member the owner; the former one becomes a prompter");
        one.MapGet("/invitations", InvitationsAsync).WithSummary("The invitations that can still be accepted");
        one.MapPost("/invitations", InviteAsync).WithSummary("Invites an address, or makes a link that one person can join by")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status429TooManyRequests);
        one.MapDelete("/invitations/{invitationId}", WithdrawAsync).WithSummary("Takes an invitation back");
    }

    private static async Task<Results<Ok<MemberList>, ProblemHttpResult>> ListAsync(string id, HttpContext http, Members members, CancellationToken cancel) =>
        await members.ListAsync(id, http.Caller(), cancel) is { } people
            ? TypedResults.Ok(new MemberList([.. people.Members.Select(member => MemberView.Of(member, people.IsOwner || member.AccountId == http.AccountId()))]))
            : Problems.NoSession();

    internal static async Task<Results<NoContent, ProblemHttpResult>> ChangeRoleAsync(
        string id, long accountId, RoleEdit? edit, HttpContext http, Members members, CancellationToken cancel)
    {
        if (Invitable(edit?.Role) is not { } role)
            return NoRole();
        return await members.ChangeRoleAsync(id, accountId, role, http.Caller(), cancel) ? TypedResults.NoContent() : NoMember();
    }

    internal static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(
        string id, long accountId, HttpContext http, Members members, CancellationToken cancel) =>
        await members.RemoveAsync(id, accountId, http.Caller(), cancel) ? TypedResults.NoContent() : NoMember();

    internal static async Task<Results<NoContent, ProblemHttpResult>> HandOnAsync(
        string id, OwnerEdit? edit, HttpContext http, Members members, CancellationToken cancel)
    {
        if (edit is null)
            return Problems.BadRequest("The body names the new owner: {\"accountId\":7}.");
        return await members.HandOnAsync(id, edit.AccountId, http.Caller(), cancel) ? TypedResults.NoContent() : NoMember();
    }

    private static async Task<Results<Ok<InvitationList>, ProblemHttpResult>> InvitationsAsync(
        string id, HttpContext http, Members members, PublicAddress address, CancellationToken cancel) =>
        await members.InvitationsAsync(id, http.Caller(), cancel) is { } open
            ? TypedResults.Ok(new InvitationList([.. open.Select(invitation => InvitationView.Of(invitation, http, address))]))
            : Problems.NoSession();

    internal static async Task<Results<Ok<InvitedView>, ProblemHttpResult>> InviteAsync(
        string id, InviteRequest? request, HttpContext http, Members members, PublicAddress address, CancellationToken cancel)
    {
        if (Invitable(request?.Role ?? "prompter") is not { } role)
            return NoRole();
        if (request?.Email is { } email && EmailAddress.Normalize(email) is null)
            return Problems.BadRequest("That is no address: {\"email\":\"ana@example.org\"}.");
        return await members.InviteAsync(id, request?.Email, role, http.Caller(), cancel) is { } invited
            ? TypedResults.Ok(InvitedView.Of(invited, http.Request, address))
            : Problems.NoSession();
    }

    internal static async Task<Results<NoContent, ProblemHttpResult>> WithdrawAsync(
        string id, string invitationId, HttpContext http, Members members, CancellationToken cancel) =>
        await members.WithdrawAsync(id, invitationId, http.Caller(), cancel)
            ? TypedResults.NoContent()
            : Problems.NotFound("There is no such invitation, or its session is not yours.");

    private static MemberRole? Invitable(string? name) => MemberRoles.Parse(name) is { } role and not MemberRole.Owner ? role : null;

    private static ProblemHttpResult NoRole() => Problems.BadRequest("A role is viewer, suggester or prompter: {\"role\":\"prompter\"}.");

    private static ProblemHttpResult NoMember() => Problems.NotFound("There is no such member, or the session is not yours.");
}

public sealed record RoleEdit(string? Role);

public sealed record OwnerEdit([property: JsonRequired] long AccountId);

/// <param name="Email">Whom to invite; left out for a link that is for anybody, once.</param>
/// <param name="Role">What they may do: viewer, suggester or prompter, which it is when left out.</param>
public sealed record InviteRequest(string? Email = null, string? Role = null);

public sealed record MemberList(IReadOnlyList<MemberView> Members);

/// <param name="AccountId">By which the others are changed.</param>
/// <param name="Name">What they call themselves.</param>
/// <param name="Role">viewer, suggester, prompter or owner.</param>
/// <param name="JoinedAt">Since when.</param>
/// <param name="Approves">Whether they decide on what the agent asks for.</param>
/// <param name="Email">Their address where it is proved; for themselves and the owner alone.</param>
public sealed record MemberView(
    long AccountId, string Name, string Role, DateTimeOffset JoinedAt, bool Approves, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Email)
{
    internal static MemberView Of(Member member, bool withEmail) =>
        new(member.AccountId, member.Name, MemberRoles.Name(member.Role), member.JoinedAt, member.MayApprove, withEmail ? member.Email : null);
}

public sealed record InvitationList(IReadOnlyList<InvitationView> Invitations);

/// <param name="InvitationId">By which it is withdrawn.</param>
/// <param name="Email">Whom it is for; null for whoever has its link.</param>
/// <param name="Role">What they will be able to do.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">From when on it can't be accepted.</param>
/// <param name="Mailed">Whether mail carries it.</param>
/// <param name="Undelivered">Whether that mail was refused for good.</param>
/// <param name="Link">What the inviter passes on; absent for everybody else, and where mail carries it.</param>
public sealed record InvitationView(
    string InvitationId,
    string? Email,
    string Role,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    bool Mailed,
    bool Undelivered,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Link)
{
    internal static InvitationView Of(Invitation invitation, HttpContext http, PublicAddress address) => new(
        invitation.Id, invitation.Email, MemberRoles.Name(invitation.Role), invitation.CreatedAt, invitation.ExpiresAt, invitation.IsMailed, invitation.IsUndelivered,
        invitation is { IsMailed: false, Secret: { } secret } && invitation.InviterId == http.Caller().AccountId ? address.Invitation(http.Request, secret) : null);
}

/// <param name="Email">Whom; null for whoever has the link.</param>
/// <param name="Outcome">invited, alreadyInvited or alreadyMember.</param>
/// <param name="Link">What the inviter passes on; absent where mail carries it.</param>
public sealed record InvitedView(
    string? Email, string Outcome, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Link)
{
    public static InvitedView Of(Invited invited, HttpRequest request, PublicAddress address) => new(
        invited.Email is { Length: > 0 } email ? email : null,
        System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(invited.Outcome.ToString()),
        invited.Secret is { } secret ? address.Invitation(request, secret) : null);
}
