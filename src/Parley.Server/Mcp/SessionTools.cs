using System.ComponentModel;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Parley.Core.Context;
using Parley.Core.Rendering.Export;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Audit;
using Parley.Server.Hosting;
using Parley.Server.Promoting;
using Parley.Server.Sessions;
using Parley.Server.Sharing;

namespace Parley.Server.Mcp;

using Call = RequestContext<CallToolRequestParams>;

/// <summary>The tools that agents call, each of which asks the services that the API asks, as the same caller.</summary>
public sealed class SessionTools(
    SessionAccess access, SessionStore store, SessionLog log, SessionSharing sharing, SharesList shares, Promotion promotion, PublicAddress address, AuditTrail trail,
    RequestLimits limits, TimeProvider clock)
{
    private const int DefaultPage = 20, MaxPage = 100;

    public async Task<ListedSessions> ListAsync(Call call, CancellationToken cancel)
    {
        HttpContext http = Http(call);
        List<SharedSession> own = await shares.OfAsync(http.AccountId(), http.Request, cancel);
        List<Membership> joined = await store.ListJoinedAsync(http.AccountId(), clock.GetUtcNow(), cancel);
        return new([.. own.Select(ListedSession.Of)], [.. joined.Select(one => ListedMembership.Of(one, address.Workspace(http.Request, one.Session.Id)))]);
    }

    public async Task<ReadEntries> ReadAsync(
        Call call,
        [Description("The session's id")] string sessionId,
        [Description("How many entries to pass over")] long offset = 0,
        [Description("How many entries to read, at most 100")] int limit = DefaultPage,
        CancellationToken cancel = default)
    {
        HttpContext http = Http(call);
        if (offset < 0 || limit < 1)
            throw new McpException("offset is not negative, and limit is 1 or more.");
        SessionRecord session = await access.FindAsync(sessionId, http.Caller(), SessionAction.Read, cancel) ?? throw Missing(http);
        trail.Note(session, AuditAction.ReadMessages, Actor.Of(http.Caller(), http));
        List<Entry> entries = [];
        await foreach (StoredEntry stored in log.ReadAsync(sessionId, offset, Math.Min(limit, MaxPage), cancel))
            entries.Add(stored.Entry);
        var markdown = new MemoryStream();
        MarkdownExport.Write(session.Header, entries, markdown);
        return new(session.Id, session.Title, session.LastSeq, offset, entries.Count, Encoding.UTF8.GetString(markdown.GetBuffer(), 0, (int)markdown.Length));
    }

    public async Task<PromotionAnswer> ShareChatAsync(
        Call call,
        [Description("The session's id from list_sessions")] string sessionId,
        [Description("E-mail addresses of the people to invite")] string[] recipients,
        [Description("What they may do: viewer, suggester or prompter")] string? role = null,
        [Description("What of the context that was uploaded the agent may use; all else becomes private. Left out, it stays as it is.")] ContextChoice? context = null,
        [Description("multiplayer: the conversation goes on in the workspace; view: they only read it")] string mode = "multiplayer",
        [Description("true also lets anyone who has the link read it")] bool? link = null,
        IProgress<ProgressNotificationValue>? progress = null,
        CancellationToken cancel = default)
    {
        HttpContext http = Http(call);
        var request = new ShareRequest(link) { Recipients = recipients, Role = role, Context = context, Mode = mode };
        PromotionTerms terms = PromotionTerms.Of(request, out string? problem) ?? throw new McpException(problem!);
        int done = 0;
        Results<Ok<PromotionAnswer>, ProblemHttpResult> answer = await PromotingApi.PromoteAsync(
            sessionId, terms, http, promotion, address, step => progress?.Report(new() { Progress = ++done, Message = step.Title }), cancel);
        return answer.Result switch
        {
            Ok<PromotionAnswer> { Value: { } promoted } => promoted,
            ProblemHttpResult { StatusCode: not StatusCodes.Status404NotFound } refusal => throw new McpException(refusal.ProblemDetails.Detail!),
            _ => throw Missing(http),
        };
    }

    public async Task<RevokedShare> RevokeAsync(
        Call call,
        [Description("The session's id")] string sessionId,
        [Description("The share's id from list_sessions; the public link's is \"link\"")] string shareId,
        CancellationToken cancel = default)
    {
        HttpContext http = Http(call);
        return await sharing.RevokeAsync(sessionId, shareId, http.Caller(), cancel)
            ? new(sessionId, shareId, "It opens nothing from now on, for those who are reading too.")
            : throw Missing(http);
    }

    private static HttpContext Http(Call call) => (HttpContext)call.Items[McpTools.HttpItem]!;

    // One answer for what is missing, ended, and not the caller's; asking for too much of it ends with another.
    private McpException Missing(HttpContext http) => new(limits.Misses(http)
        ? "There is no such session or share, or it is not the user's: list_sessions tells which there are."
        : "Too many requests for what is not there: wait for a minute.");
}

public sealed record ListedSessions(
    IReadOnlyList<ListedSession> Sessions,
    [property: Description("Sessions of others that the user is a member of")] IReadOnlyList<ListedMembership> MemberOf);

public sealed record ListedSession(
    [property: Description("For the other tools")] string SessionId,
    string Title,
    string Project,
    string? Url,
    long Entries,
    bool Live,
    DateTimeOffset? ExpiresAt,
    [property: Description("What opens it beside its owner")] IReadOnlyList<ListedShare> Shares)
{
    internal static ListedSession Of(SharedSession shared) => new(
        shared.Session.ShareId, shared.Session.Title, shared.Session.ProjectName, shared.Session.Url, shared.Session.MessageCount, shared.Session.Live,
        shared.Session.ExpiresAt, [.. shared.Shares.Select(share => new ListedShare(share.ShareId, share.Kind, share.Name, share.ExpiresAt))]);
}

public sealed record ListedMembership(
    [property: Description("For read_session")] string SessionId,
    string Title,
    string Project,
    [property: Description("Where its members meet")] string Url,
    long Entries,
    bool Live,
    DateTimeOffset? ExpiresAt,
    [property: Description("What its owner calls themselves")] string Owner,
    [property: Description("What the user may do there: viewer, suggester or prompter")] string Role)
{
    internal static ListedMembership Of(Membership joined, string url) => new(
        joined.Session.Id, joined.Session.Title, joined.Session.Project, url, joined.Session.MessageCount, joined.Session.Live == LiveState.Live,
        joined.Session.ExpiresAt, joined.OwnerName, MemberRoles.Name(joined.Role));
}

/// <param name="ShareId">By which it is taken back.</param>
/// <param name="Kind"><c>link</c> or <c>token</c>.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="ExpiresAt">From when on it opens nothing; null for as long as the session is there.</param>
public sealed record ListedShare(string ShareId, string Kind, string? Name, DateTimeOffset? ExpiresAt);

public sealed record ReadEntries(
    string SessionId,
    string Title,
    [property: Description("How many entries the session has")] long Total,
    long Offset,
    [property: Description("How many of them stand here")] int Count,
    string Markdown);

public sealed record RevokedShare(string SessionId, string ShareId, string Message);
