using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parley.Cli.Servers;

/// <summary>What <c>POST /api/sessions</c> answers, and what <c>parley share --json</c> prints with the author's own redactions added.</summary>
internal sealed record ShareResult(
    string ShareId, string Url, string Title, int Messages, IReadOnlyDictionary<string, int> Redactions, DateTimeOffset? ExpiresAt)
{
    /// <summary>The token that opens it, where it was asked for one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ShareToken { get; init; }
}

/// <summary>What <c>GET /api/sessions</c> answers. The elements are kept as they came, so that <c>--json</c> passes on what the server adds.</summary>
internal sealed record SharedSessions(IReadOnlyList<JsonElement> Sessions)
{
    /// <summary>A member as text; null where it is absent or null.</summary>
    public static string? Text(JsonElement session, string member) =>
        session.ValueKind == JsonValueKind.Object && session.TryGetProperty(member, out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? value.ToString()
            : null;
}

internal sealed record NewKey(string Name);

/// <summary>An API key of the account; the key itself is told only by the answer that creates it.</summary>
internal sealed record ApiKey(JsonElement Id, string Name, DateTimeOffset? CreatedAt)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }
}

internal sealed record ApiKeys(IReadOnlyList<ApiKey> Keys);

/// <summary>What <c>GET /api/sessions/{id}</c> tells, as far as a live share needs it.</summary>
internal sealed record SessionFacts(string Title, int LastSeq, DateTimeOffset? ExpiresAt, int Viewers, string? ProjectName = null, string? Workspace = null);

/// <summary>What <c>GET /api/token</c> tells: which session a token opens.</summary>
internal sealed record SessionOfToken(string ShareId);

/// <summary>What adding and correcting entries answers.</summary>
internal sealed record AppendResult(int LastSeq, long Revision);

/// <summary>What <c>PATCH /api/sessions/{id}</c> takes; what is null stays as it is.</summary>
internal sealed record SessionChange
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Title { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Live { get; init; }
}

/// <summary>Problem details (RFC 9457).</summary>
internal sealed record Problem(string? Title, string? Detail, int? LastSeq, int? Status, string? MovedTo);
