using System.IO.Compression;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Hosting;
using Parley.Server.Sessions;

namespace Parley.Server.Intake;

/// <summary>The route by which a session arrives: a bundle becomes a link.</summary>
public static class UploadApi
{
    public static void MapUpload(this IEndpointRouteBuilder app) => app.MapPost("/api/sessions", UploadAsync)
        .WithTags("Sessions").For(Audience.Accounts).LimitRequests()
        .WithSummary("Takes a bundle in; it is redacted again on arrival")
        .Accepts<Stream>(BundleWriter.MediaType)
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);

    private static async Task<Results<Created<UploadReceipt>, ProblemHttpResult>> UploadAsync(
        HttpContext http,
        BundleIntake intake,
        ServerOptions options,
        PublicAddress address,
        CancellationToken cancel,
        [Microsoft.AspNetCore.Mvc.FromQuery(Name = "expires_in")] long? expiresIn = null,
        bool @private = false,
        bool live = false)
    {
        if (Expiry.Problem(expiresIn) is { } problem)
            return Problems.BadRequest(problem);
        if (Expand(http.Request, options.Limits.BundleBytes) is not { } body)
            return Problems.Unsupported("A bundle comes plain or with Content-Encoding: gzip or br.");
        http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = options.Limits.BundleBytes;

        TimeSpan? lifetime = expiresIn is { } seconds ? Expiry.After(seconds) : options.SessionExpiry;
        await using (body)
        {
            Receipt receipt = await intake.TakeAsync(body, new UploadTerms(http.AccountId(), !@private, lifetime, live), cancel);
            string url = address.Session(http.Request, receipt.Session.Id);
            return TypedResults.Created(url, UploadReceipt.Of(receipt, url));
        }
    }

    /// <summary>The body as it was before it was compressed; null when that was done in another way than those that are known.</summary>
    internal static BoundedStream? Expand(HttpRequest request, long most, string what = "The bundle")
    {
        Stream? plain = request.Headers[HeaderNames.ContentEncoding].ToString() switch
        {
            "" or "identity" => request.Body,
            "gzip" => new GZipStream(request.Body, CompressionMode.Decompress),
            "br" => new BrotliStream(request.Body, CompressionMode.Decompress),
            _ => null,
        };
        return plain is null ? null : new BoundedStream(plain, most, what);
    }
}

/// <param name="ShareId">The new session's id.</param>
/// <param name="Url">Its link.</param>
/// <param name="Title">Its title, as it was stored.</param>
/// <param name="Messages">How many entries it has.</param>
/// <param name="Redactions">How often the server itself had to take something out, by rule.</param>
/// <param name="ExpiresAt">When it will be gone; null for never.</param>
public sealed record UploadReceipt(
    string ShareId, string Url, string Title, long Messages, IReadOnlyDictionary<string, int> Redactions, DateTimeOffset? ExpiresAt)
{
    internal static UploadReceipt Of(Receipt receipt, string url) => new(
        receipt.Session.Id, url, receipt.Session.Title, receipt.Session.MessageCount, receipt.Redactions, receipt.Session.ExpiresAt);
}
