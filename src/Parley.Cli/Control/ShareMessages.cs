using System.Text.Json.Serialization;

namespace Parley.Cli.Control;

/// <summary>What <c>GET /api/shares</c> answers: everything that the account shares.</summary>
internal sealed record OwnShares(IReadOnlyList<OwnSession> Sessions);

/// <summary>A session of the account with what opens it for others.</summary>
/// <param name="Session">The session itself.</param>
/// <param name="Shares">Its link and its tokens, active ones.</param>
/// <param name="Readers">How many have read it so far.</param>
internal sealed record OwnSession(SessionSummary Session, IReadOnlyList<Share> Shares, long Readers)
{
    [JsonIgnore]
    public string Id => Session.ShareId;

    [JsonIgnore]
    public IEnumerable<Share> Tokens => Shares.Where(share => !share.IsLink);
}

/// <summary>A session as the server tells it, as far as the command shows it.</summary>
/// <param name="ShareId">Its id.</param>
/// <param name="Title">Its title.</param>
/// <param name="ProjectName">The project that it was about.</param>
/// <param name="CreatedAt">When it came to the server.</param>
/// <param name="ExpiresAt">When it ends for everyone; null for never.</param>
/// <param name="MessageCount">Its entries.</param>
/// <param name="IsPublic">Whether its link opens it for others.</param>
/// <param name="Live">Whether it goes on.</param>
/// <param name="Ended">Whether it was live and is over.</param>
/// <param name="Viewers">How many have it open now.</param>
/// <param name="Url">Its page.</param>
internal sealed record SessionSummary(
    string ShareId, string Title, string ProjectName, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, long MessageCount, bool IsPublic, bool Live,
    bool Ended, long Viewers, string Url)
{
    /// <summary>What a workspace is called that people talk in.</summary>
    public const string OpenWorkspace = "open";

    /// <summary><c>open</c> or <c>closed</c>; null when it never was a workspace.</summary>
    public string? Workspace { get; init; }

    /// <summary>The agent's own id of it.</summary>
    public string? SourceId { get; init; }
}

/// <summary>A way into a session: its public link, or a token, which the server can't always show again.</summary>
internal sealed record Share(
    string ShareId, string Kind, string? Name, string? Url, string? ShareToken, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt)
{
    [JsonIgnore]
    public bool IsLink => Kind == "link";
}

/// <summary>What is asked of <c>POST /api/sessions/{id}/share</c>.</summary>
internal sealed record TokenRequest(TokenTerms Token);

/// <param name="Name">What its owner calls it; null for nothing.</param>
/// <param name="ExpiresIn">Seconds until it opens nothing; null for never.</param>
internal sealed record TokenTerms(string? Name, long? ExpiresIn);

/// <summary>A token at the moment it is made.</summary>
internal sealed record MadeToken(string ShareId, string Url, string? ShareToken, DateTimeOffset? ExpiresAt)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Warning { get; init; }
}

/// <summary>A link that signs a browser in, once.</summary>
internal sealed record SignInLink(string Url, DateTimeOffset ExpiresAt);
