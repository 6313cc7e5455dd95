using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Parley.Core.Context;
using Parley.Server.Accounts;
using Parley.Server.Audit;
using Parley.Server.Hosting;
using Parley.Server.Intake;
using Parley.Server.Live;
using Parley.Server.Sessions;

namespace Parley.Server.Context;

/// <summary>The routes of what the agent may use beside the conversation: its owner adds, permits and removes, and members open what is theirs to open.</summary>
public static class ContextApi
{
    public static void MapContext(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder all = app.MapGroup("/api/sessions/{id}/context").For(Audience.Accounts).WithTags("Context").LimitRequests().LimitMisses()
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status400BadRequest);
        all.MapGet("", ListAsync).WithSummary("The resources: all of them for the owner, for members those that they may open");
        all.MapPost("", AddAsync).Accepts<ContextRequest>("application/json").ProducesProblem(StatusCodes.Status409Conflict)
            .WithSummary("Adds a resource, or a newer snapshot of one; the answer says which contents are to be sent");
        all.MapPost("/blobs", StoreAsync).ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .WithSummary("Takes contents in that manifests wait for: each as its length in four bytes, the highest first, and its bytes");
        all.MapPatch("/{resourceId}", PermitAsync).WithSummary("Says who may use a resource beside the owner: private, agent or members");
        all.MapDelete("/{resourceId}", RemoveAsync).WithSummary("Removes a resource with its files");
        all.MapGet("/{resourceId}/files", FilesAsync).Produces<ContextFileList>().Produces<string>(contentType: "text/plain")
            .WithSummary("The files of a resource, or with path the content of one");
    }

    private static async Task<Results<Ok<ContextList>, ProblemHttpResult>> ListAsync(
        string id, HttpContext http, ContextDoor door, ContextStore store, CancellationToken cancel)
    {
        if (await door.EnterAsync(id, http.Caller(), cancel) is not { } visit)
            return Problems.NoSession();
        List<ContextResource> resources = await store.ListAsync(id, cancel);
        return TypedResults.Ok(new ContextList([.. resources.Where(visit.MaySee).Select(ContextView.Of)]));
    }

    private static async Task<Results<Ok<ContextReceipt>, ProblemHttpResult>> AddAsync(
        string id, HttpContext http, ContextDoor door, ContextUploads uploads, IOptions<Microsoft.AspNetCore.Http.Json.JsonOptions> json, CancellationToken cancel)
    {
        if (await door.EnterAsOwnerAsync(id, http.Caller(), cancel) is not { } session)
            return Problems.NoSession();
        if (session.Workspace == WorkspaceState.Closed)
            return Problems.Conflict("The workspace is closed: its context is gone, and nothing is added to it.");
        byte[] body = await RequestBody.ReadAsync(http, ContextLimits.ManifestBytes, cancel);
        return TypedResults.Ok(await uploads.BeginAsync(id, Read(body, json.Value.SerializerOptions), session.OwnerId, cancel));
    }

    private static async Task<Results<Ok<ContentsReceipt>, ProblemHttpResult>> StoreAsync(
        string id, HttpContext http, ContextDoor door, ContextUploads uploads, CancellationToken cancel)
    {
        if (await door.EnterAsOwnerAsync(id, http.Caller(), cancel) is null)
            return Problems.NoSession();
        if (UploadApi.Expand(http.Request, ContextLimits.UploadBytes, "What is sent at once") is not { } body)
            return Problems.Unsupported("Contents come plain or with Content-Encoding: gzip or br.");
        http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = ContextLimits.UploadBytes;
        var refused = new List<RefusedFile>();
        int stored = 0;
        await using (body)
        {
            await foreach (List<ReceivedContent> contents in ReceivedContents.ReadAsync(body, cancel))
            {
                refused.AddRange(await uploads.StoreAsync(id, contents, cancel));
                stored += contents.Count;
            }
        }
        return TypedResults.Ok(new ContentsReceipt(stored, refused));
    }

    internal static async Task<Results<Ok<ContextView>, ProblemHttpResult>> PermitAsync(
        string id, string resourceId, ContextPermit? request, HttpContext http, ContextDoor door, ContextStore store, CancellationToken cancel)
    {
        if (await door.EnterAsOwnerAsync(id, http.Caller(), cancel) is not { } session)
            return Problems.NoSession();
        if (ContextNames.ParsePermission(request?.Permission) is not { } permission)
            return Problems.BadRequest("The body is {\"permission\":\"private\"}, \"agent\" or \"members\".");
        return await store.PermitAsync(id, resourceId, permission, session.OwnerId, cancel) is { } resource
            ? TypedResults.Ok(ContextView.Of(resource))
            : NoResource();
    }

    internal static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(
        string id, string resourceId, HttpContext http, ContextDoor door, ContextStore store, CancellationToken cancel)
    {
        if (await door.EnterAsOwnerAsync(id, http.Caller(), cancel) is not { } session)
            return Problems.NoSession();
        return await store.RemoveAsync(id, resourceId, session.OwnerId, cancel) ? TypedResults.NoContent() : NoResource();
    }

    private static async Task<Results<Ok<ContextFileList>, FileContentHttpResult, ProblemHttpResult>> FilesAsync(
        string id, string resourceId, HttpContext http, ContextDoor door, ContextReading reading, CancellationToken cancel, string? path = null)
    {
        if (await door.EnterAsync(id, http.Caller(), cancel) is not { } visit)
            return Problems.NoSession();
        if (path is not null)
        {
            return await reading.OpenAsync(visit, resourceId, path, Actor.Of(http.Caller(), http), cancel) is { } opened
                ? TypedResults.Bytes(opened.Content, "text/plain; charset=utf-8")
                : NoResource();
        }
        return await reading.ListAsync(visit, resourceId, cancel) is { } files
            ? TypedResults.Ok(new ContextFileList([.. files.Select(file => new ContextFile(file.Path, file.Sha256, file.Size))]))
            : NoResource();
    }

    private static ContextRequest Read(byte[] body, JsonSerializerOptions options)
    {
        try
        {
            return JsonSerializer.Deserialize<ContextRequest>(body, options) ?? throw new JsonException("null");
        }
        catch (JsonException)
        {
            throw new ContextException("The body is JSON: {\"kind\":\"files\",\"name\":\"server/src\",\"files\":[{\"path\",\"sha256\",\"size\"}]}.");
        }
    }

    private static ProblemHttpResult NoResource() => Problems.NotFound("There is no such file or resource in the session's context, or it is not for you.");
}

/// <param name="ResourceId">By which it is asked for.</param>
/// <param name="Kind"><c>files</c>, <c>memory</c> or <c>mcp</c>.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Permission"><c>private</c>, <c>agent</c> or <c>members</c>.</param>
/// <param name="Locked">Whether it is never to be anything but private.</param>
/// <param name="Complete">Whether all of it has arrived.</param>
/// <param name="Files">How many files it has.</param>
/// <param name="Bytes">How large they are together.</param>
/// <param name="AddedAt">When the newest snapshot was begun.</param>
public sealed record ContextView(
    string ResourceId, string Kind, string Name, string Permission, bool Locked, bool Complete, long Files, long Bytes, DateTimeOffset AddedAt)
{
    internal static ContextView Of(ContextResource resource) => new(
        resource.Id, ContextNames.Name(resource.Kind), resource.Name, ContextNames.Name(resource.Permission), resource.IsLocked, resource.IsComplete,
        resource.Files, resource.Bytes, resource.AddedAt);
}

public sealed record ContextList(IReadOnlyList<ContextView> Resources);

public sealed record ContextFileList(IReadOnlyList<ContextFile> Files);

public sealed record ContextPermit(string? Permission);

/// <param name="Stored">How many contents were looked at.</param>
/// <param name="Refused">The files that were refused, and left their resources for it.</param>
public sealed record ContentsReceipt(int Stored, IReadOnlyList<RefusedFile> Refused);
