using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Hosting;
using Parley.Server.Live;
using Parley.Server.Promoting;
using Parley.Server.Sessions;

namespace Parley.Server.Sharing;

/// <summary>The routes by which an owner says who else may read a session, and sees and takes back what they have shared.</summary>
public static class SharesApi
{
    /// <summary>Said with a token that has no end of its own.</summary>
    public const string EndlessWarning = "This token has no end of its own: it opens the session for as long as that is there. Revoke it when it is not needed any more.";

    public static void MapShares(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/shares", AllAsync).For(Audience.Accounts).WithTags("Sharing").LimitRequests()
            .WithSummary("All of the caller's sessions with their shares");
        app.MapGet("/api/token", OfTokenAsync).For(Audience.Readers).WithTags("Sharing").LimitRequests().LimitMisses()
            .WithSummary("The session that the presented token opens").ProducesProblem(StatusCodes.Status404NotFound);

        RouteGroupBuilder one = app.MapGroup("/api/sessions/{id}").For(Audience.Accounts).WithTags("Sharing").LimitRequests().LimitMisses()
            .ProducesProblem(StatusCodes.Status404NotFound);
        one.MapPost("/share", ShareInAnyWayAsync)
            .WithSummary("Opens or closes the public link, makes a token that opens the session read-only, or promotes the session so that people join")
            .Produces<SharedAnswer>().Produces<PromotionAnswer>(contentType: PromotionEvents.MediaType)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status429TooManyRequests);
        one.MapGet("/shares", ListAsync).WithSummary("The link and the tokens that open the session now");
        one.MapPatch("/shares/{shareId}", EditAsync).WithSummary("Lets a token end later or earlier");
        one.MapDelete("/shares/{shareId}", RevokeAsync).WithSummary("Takes a token or the public link (its id is \"link\") back");
    }

    private static async Task<IResult> ShareInAnyWayAsync(
        string id, ShareRequest? request, HttpContext http, SessionSharing sharing, Promotion promotion, PublicAddress address, CancellationToken cancel) =>
        request is { Promotes: true } ? PromotingApi.Share(id, request, http, promotion, address) : await ShareAsync(id, request, http, sharing, address, cancel);

    internal static async Task<Results<Ok<SharedAnswer>, ProblemHttpResult>> ShareAsync(
        string id, ShareRequest? request, HttpContext http, SessionSharing sharing, PublicAddress address, CancellationToken cancel)
    {
        request ??= new ShareRequest();
        if (request.Problem is { } problem)
            return Problems.BadRequest(problem);
        if (await sharing.ShareAsync(id, http.Caller(), request, cancel) is not { } shared)
            return Problems.NoSession();
        return TypedResults.Ok(shared.Token is { Token: { } token } share
            ? new SharedAnswer(share.Id, address.Token(http.Request, token), token, share.ExpiresAt, share.ExpiresAt is null ? EndlessWarning : null)
            : new SharedAnswer(SessionSharing.LinkId, address.Session(http.Request, id), null, shared.Session.ExpiresAt, null));
    }

    private static async Task<Results<Ok<SessionSummary>, ProblemHttpResult>> OfTokenAsync(
        HttpContext http, ShareStore shares, SessionAccess access, LiveFeeds feeds, CancellationToken cancel)
    {
        TokenHolder holder = await shares.FindAsync(http.Request.PresentedToken() ?? "", cancel);
        return await access.FindAsync(holder.SessionId, holder.Caller, SessionAction.Read, cancel) is { } session
            ? TypedResults.Ok(SessionSummary.Of(session, feeds.Viewers(session.Id)))
            : Problems.NoSession();
    }

    private static async Task<Results<Ok<ShareList>, ProblemHttpResult>> ListAsync(
        string id, HttpContext http, SessionSharing sharing, PublicAddress address, CancellationToken cancel) =>
        await sharing.ListAsync(id, http.Caller(), cancel) is var (session, tokens)
            ? TypedResults.Ok(new ShareList(Views(session, tokens, address, http.Request)))
            : Problems.NoSession();

    internal static async Task<Results<NoContent, ProblemHttpResult>> EditAsync(
        string id, string shareId, ShareEdit? edit, HttpContext http, SessionSharing sharing, CancellationToken cancel)
    {
        if (edit is null)
            return Problems.BadRequest("The body is JSON with what changes: {\"expiresIn\":3600}.");
        if (Expiry.TokenProblem(edit.ExpiresIn) is { } problem)
            return Problems.BadRequest(problem);
        TimeSpan? lifetime = edit.ExpiresIn is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        return await sharing.MoveEndAsync(id, shareId, http.Caller(), lifetime, cancel) ? TypedResults.NoContent() : Problems.NoShare();
    }

    internal static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(
        string id, string shareId, HttpContext http, SessionSharing sharing, CancellationToken cancel) =>
        await sharing.RevokeAsync(id, shareId, http.Caller(), cancel) ? TypedResults.NoContent() : Problems.NoShare();

    private static async Task<Ok<AllShares>> AllAsync(HttpContext http, SharesList shares, CancellationToken cancel) =>
        TypedResults.Ok(new AllShares(await shares.OfAsync(http.AccountId(), http.Request, cancel)));

    internal static List<ShareView> Views(SessionRecord session, IEnumerable<TokenShare> tokens, PublicAddress address, HttpRequest request) =>
    [
        .. session.IsPublic ? [ShareView.OfLink(session, address, request)] : Array.Empty<ShareView>(),
        .. tokens.Select(token => ShareView.Of(token, address, request)),
    ];
}

/// <param name="ShareId">The share: a token's id, or <c>link</c>.</param>
/// <param name="Url">Where the session is read by it.</param>
/// <param name="ShareToken">The token; absent for the link.</param>
/// <param name="ExpiresAt">From when on it opens nothing; null for as long as the session is there.</param>
/// <param name="Warning">What the owner should know about it.</param>
public sealed record SharedAnswer(
    string ShareId,
    string Url,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ShareToken,
    DateTimeOffset? ExpiresAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Warning);

/// <summary>A share as its owner sees it.</summary>
/// <param name="ShareId">By which it is changed and taken back; the public link's is <c>link</c>.</param>
/// <param name="Kind"><c>link</c> or <c>token</c>.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="Url">Where the session is read by it; null for a token that this server can't show any more.</param>
/// <param name="ShareToken">The token; absent for the link, and where it was sealed with another data key.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">From when on it opens nothing; null for as long as the session is there.</param>
public sealed record ShareView(
    string ShareId,
    string Kind,
    string? Name,
    string? Url,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ShareToken,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt)
{
    [JsonIgnore]
    public bool IsLink => ShareId == SessionSharing.LinkId;

    internal static ShareView Of(TokenShare share, PublicAddress address, HttpRequest request) => new(
        share.Id, "token", share.Name, share.Token is { } token ? address.Token(request, token) : null, share.Token, share.CreatedAt, share.ExpiresAt);

    internal static ShareView OfLink(SessionRecord session, PublicAddress address, HttpRequest request) => new(
        SessionSharing.LinkId, "link", null, address.Session(request, session.Id), null, session.CreatedAt, session.ExpiresAt);
}

public sealed record ShareList(IReadOnlyList<ShareView> Shares);

/// <param name="Session">The session.</param>
/// <param name="Readers">How many others than its owner have read it so far.</param>
/// <param name="Members">How many have joined it, the owner aside.</param>
/// <param name="Shares">What opens it now.</param>
public sealed record SharedSession(SessionSummary Session, long Readers, long Members, IReadOnlyList<ShareView> Shares);

public sealed record AllShares(IReadOnlyList<SharedSession> Sessions);
