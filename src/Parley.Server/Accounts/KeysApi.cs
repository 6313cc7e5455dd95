using Microsoft.AspNetCore.Http.HttpResults;
using Parley.Server.Hosting;
using Parley.Server.Sessions;

namespace Parley.Server.Accounts;

/// <summary>The routes of API keys. They need a key or a sign-in themselves; the first one is made at the machine (<see cref="LocalKey"/>, <see cref="KeysCommand"/>).</summary>
public static class KeysApi
{
    public static void MapKeys(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder keys = app.MapGroup("/api/keys").WithTags("Keys").For(Audience.Accounts).LimitRequests();
        keys.MapGet("", ListAsync).WithSummary("The caller's keys that work");
        keys.MapPost("", CreateAsync).WithSummary("Makes a key; the answer is the only place where it stands");
        keys.MapDelete("/{keyId:long}", RevokeAsync).WithSummary("Makes a key work no more");
    }

    private static async Task<Ok<KeyList>> ListAsync(HttpContext http, KeyStore keys, CancellationToken cancel) =>
        TypedResults.Ok(new KeyList(await keys.ListAsync(http.AccountId(), cancel)));

    internal static async Task<Results<Created<CreatedKey>, ProblemHttpResult>> CreateAsync(
        KeyRequest? request, HttpContext http, KeyStore keys, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(request?.Name))
            return Problems.BadRequest("A key needs a name: {\"name\":\"laptop\"}.");
        NewKey key = await keys.CreateAsync(http.AccountId(), Field.Clean(request.Name.Trim()), cancel);
        return TypedResults.Created((string?)null, new CreatedKey(key.Details.Id, key.Details.Name, key.Key, key.Details.CreatedAt));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(
        long keyId, HttpContext http, KeyStore keys, CancellationToken cancel) =>
        await keys.RevokeAsync(http.AccountId(), keyId, cancel) ? TypedResults.NoContent() : Problems.NotFound("There is no such key.");
}

public sealed record KeyRequest(string? Name);

public sealed record KeyList(IReadOnlyList<ApiKey> Keys);

/// <param name="Id">For revoking it.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="Key">The key itself, <c>sk-…</c>; it can't be had again.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record CreatedKey(long Id, string Name, string Key, DateTimeOffset CreatedAt);
