using System.Globalization;
using Parley.Core.Rendering;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Hosting;
using Parley.Server.Sessions;

namespace Parley.Server.Pages;

/// <summary>The pages that people open, the images in them, and the browser's files.</summary>
public static class PagesApi
{
    /// <summary>Scripts, styles, fonts and images from here alone, none inline; no frames around it and no forms to elsewhere.</summary>
    public const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>An image opened on its own can do nothing at all.</summary>
    public const string ImagePolicy = "default-src 'none'; sandbox; frame-ancestors 'none'";

    public static void AddPages(this IServiceCollection services)
    {
        services.AddLogging();
        services.AddSingleton<WebAssets>().AddSingleton<PageRenderer>().AddSingleton<SessionPages>().AddSingleton(new HotPages());
    }

    public static void MapPages(this WebApplication app)
    {
        string[] reading = ["GET", "HEAD"];
        app.MapMethods("/", reading, Landing).ExcludeFromDescription();
        app.MapMethods("/s/{id}", reading, Session).LimitMisses().ExcludeFromDescription();
        app.MapMethods("/s/{id}/prompts", reading, Prompts).LimitMisses().ExcludeFromDescription();
        app.MapMethods("/s/{id}/images/{seq:long}/{index:int}", reading, Image).LimitMisses().ExcludeFromDescription();
        app.MapMethods("/assets/{name}", reading, Asset).ExcludeFromDescription();
        // Not a fallback route: that would match before the answers 405 and 415 of routes that take other methods or media types.
        app.Use((http, next) => http.GetEndpoint() is null ? Missing(http) : next(http));
    }

    private static async Task Landing(HttpContext http, PageRenderer renderer, SessionPages pages, PublicAddress address) =>
        await SendAsync(http, await renderer.BytesAsync<LandingPage>(new() { ["Frame"] = pages.Frame(Address(http, address)) }));

    private static async Task Session(string id, HttpContext http, SessionAccess access, SessionPages pages, PublicAddress address)
    {
        CancellationToken cancel = http.RequestAborted;
        if (await access.FindAsync(id, http.Caller(), SessionAction.Read, cancel) is not { } session)
            await NotFoundAsync(http);
        else if (http.Request.Query["q"] is [{ } query])
            await SendAsync(http, await pages.SearchAsync(session, query, Address(http, address), cancel));
        else
            await SendAsync(http, await pages.ReadAsync(session, SessionWindow.Of(http.Request.Query, session.LastSeq, session.Live == LiveState.Live), Address(http, address), cancel));
    }

    private static async Task Prompts(string id, HttpContext http, SessionAccess access, SessionPages pages, PublicAddress address)
    {
        if (await access.FindAsync(id, http.Caller(), SessionAction.Read, http.RequestAborted) is { } session)
            await SendAsync(http, await pages.PromptsAsync(session, Address(http, address), http.RequestAborted));
        else
            await NotFoundAsync(http);
    }

    private static async Task Image(string id, long seq, int index, HttpContext http, SessionAccess access, SessionLog log)
    {
        CancellationToken cancel = http.RequestAborted;
        http.Response.Headers.ContentSecurityPolicy = ImagePolicy;
        if (await access.FindAsync(id, http.Caller(), SessionAction.Read, cancel) is null
            || await log.FindAsync(id, seq, cancel) is not { } stored
            || Images.Find(stored.Entry, index) is not var (bytes, image))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        http.Response.ContentType = image.MediaType;
        http.Response.Headers.ContentDisposition = string.Create(CultureInfo.InvariantCulture, $"inline; filename=\"image-{seq}-{index}.{image.MediaType["image/".Length..]}\"");
        await new EncodedBytes(bytes, null).SendAsync(http.Response);
    }

    private static async Task Asset(string name, HttpContext http, WebAssets assets)
    {
        if (assets.Find(name) is not { } asset)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        http.Response.ContentType = asset.ContentType;
        http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        await asset.For(http.Request).SendAsync(http.Response);
    }

    // A program gets the problem details that every other error is; a person gets a page.
    private static Task Missing(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal) ? NotFoundAsync(http) : Task.CompletedTask;
    }

    private static async Task NotFoundAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        PageFrame frame = http.RequestServices.GetRequiredService<SessionPages>()
            .Frame(Address(http, http.RequestServices.GetRequiredService<PublicAddress>()));
        await SendAsync(http, await http.RequestServices.GetRequiredService<PageRenderer>().BytesAsync<NotFoundPage>(new() { ["Frame"] = frame }));
    }

    private static PageAddress Address(HttpContext http, PublicAddress address) => new(address.Root(http.Request), address.Prefix(http.Request));

    private static async Task SendAsync(HttpContext http, HotPage page)
    {
        Prepare(http.Response);
        await page.For(http.Request).SendAsync(http.Response);
    }

    private static async Task SendAsync(HttpContext http, byte[] html)
    {
        Prepare(http.Response);
        await new EncodedBytes(html, null).SendAsync(http.Response);
    }

    private static void Prepare(HttpResponse response)
    {
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.ContentSecurityPolicy = Policy;
    }
}
