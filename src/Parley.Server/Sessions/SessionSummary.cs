using System.Text.Json.Serialization;

namespace Parley.Server.Sessions;

/// <summary>A session as the API tells it. Its link and the agent's own id of it stand in lists of its owner only.</summary>
public sealed record SessionSummary(
    string ShareId,
    string Title,
    string ProjectName,
    string? Branch,
    string? Model,
    DateTimeOffset SessionDate,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    long MessageCount,
    long TotalInputTokens,
    long TotalOutputTokens,
    bool IsPublic,
    bool Live,
    bool Ended,
    long LastSeq,
    long Revision,
    int Viewers,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Workspace,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? SourceId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Url)
{
    public static SessionSummary Of(SessionRecord session, int viewers, string? url = null) => new(
        session.Id, session.Title, session.Project, session.Branch, session.Model, session.Date, session.CreatedAt, session.ExpiresAt,
        session.MessageCount, session.InputTokens, session.OutputTokens, session.IsPublic, session.Live == LiveState.Live, session.Live == LiveState.Ended,
        session.LastSeq, session.Revision, viewers, Name(session.Workspace), url is null ? null : session.SourceId, url);

    private static string? Name(WorkspaceState? state) => state switch { WorkspaceState.Open => "open", WorkspaceState.Closed => "closed", _ => null };
}

/// <param name="Sessions">The caller's own.</param>
/// <param name="MemberOf">Those of others that the caller is a member of; absent where that is not asked for.</param>
public sealed record SessionList(
    IReadOnlyList<SessionSummary> Sessions,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<JoinedSession>? MemberOf = null);

/// <param name="Session">A session of somebody else's.</param>
/// <param name="Role">What the caller may do in it: viewer, suggester or prompter.</param>
/// <param name="Owner">What its owner calls themselves.</param>
/// <param name="Url">Where its members meet.</param>
public sealed record JoinedSession(SessionSummary Session, string Role, string Owner, string Url);
