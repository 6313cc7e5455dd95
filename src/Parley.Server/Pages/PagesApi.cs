using System.Globalization;
using Parley.Core.Rendering;
using Parley.Server.Accounts;
using Parley.Server.Hosting;
using Parley.Server.Pages.Room;
using Parley.Server.Pages.Shares;
using Parley.Server.Sessions;

namespace Parley.Server.Pages;

/// <summary>The pages that people open, the images in them, and the browser's files.</summary>
public static class PagesApi
{
    /// <summary>An image opened on its own can do nothing at all.</summary>
    public const string ImagePolicy = "default-src 'none'; sandbox; frame-ancestors 'none'";

    public static void AddPages(this IServiceCollection services)
    {
        services.AddLogging();
        services.AddSingleton<WebAssets>().AddSingleton<PageRenderer>().AddSingleton<SessionPages>().AddSingleton<PageDoor>().AddSingleton(new HotPages());
    }

    public static void MapPages(this WebApplication app)
    {
        string[] reading = ["GET", "HEAD"];
        RouteGroupBuilder pages = app.MapGroup("").ExcludeFromDescription();
        pages.MapMethods("/", reading, Landing).For(Audience.Anyone);
        pages.MapMethods("/assets/{name}", reading, Asset).For(Audience.Anyone);
        foreach (string address in (string[])["/s/{id}", "/t/{token}", "/c/{id}"])
        {
            RouteGroupBuilder session = pages.MapGroup(address).For(Audience.Readers).LimitMisses();
            session.MapMethods("", reading, Session);
            session.MapMethods("/prompts", reading, Prompts);
            session.MapMethods("/share", reading, PassOn);
            session.MapMethods("/export", reading, ExportPages.ShowAsync);
            session.MapMethods("/images/{seq:long}/{index:int}", reading, Image);
        }
        // Not a fallback route: that would match before the answers 405 and 415 of routes that take other methods or media types.
        app.Use((http, next) => http.GetEndpoint() is null ? Missing(http) : next(http));
    }

    private static Task Landing(HttpContext http) => PageResponse.SendAsync<LandingPage>(http);

    private static async Task Session(HttpContext http, PageDoor door, SessionPages pages)
    {
        OpenedPage? opened = await door.OpenAsync(http);
        if (opened is null && RoomPages.IsRoom(http))
            await PageResponse.NotForStrangersAsync(http);
        else if (opened is null)
            await PageResponse.NotFoundAsync(http);
        else if (opened is { Address.IsRoom: true, Role: { } role } && !http.Request.Query.ContainsKey("q"))
            await RoomPages.SendAsync(http, opened, role);
        else
            await SendAsync(http, opened, pages);
    }

    private static async Task SendAsync(HttpContext http, OpenedPage opened, SessionPages pages)
    {
        CancellationToken cancel = http.RequestAborted;
        (SessionRecord session, PageAddress address, _) = opened;
        if (http.Request.Query["q"] is [{ } query])
            await PageResponse.SendAsync(http, await pages.SearchAsync(session, query, address, cancel));
        else
        {
            var window = SessionWindow.Of(http.Request.Query, session.LastSeq, session.GoesOn);
            await PageResponse.SendAsync(http, await pages.ReadAsync(session, window, address, opened.IsOwner, cancel));
        }
    }

    private static async Task Prompts(HttpContext http, PageDoor door, SessionPages pages)
    {
        if (await door.OpenAsync(http) is var (session, address, _))
            await PageResponse.SendAsync(http, await pages.PromptsAsync(session, address, http.RequestAborted));
        else
            await PageResponse.NotFoundAsync(http);
    }

    private static async Task PassOn(HttpContext http, PageDoor door)
    {
        if (await door.OpenAsync(http) is { Session: var session, Address: var address } opened)
            await PageResponse.SendAsync<SharePage>(http, new() { ["Link"] = ShareLink.Of(session, address, opened.IsOwner), ["Back"] = address.OfSession(session.Id) });
        else
            await PageResponse.NotFoundAsync(http);
    }

    private static async Task Image(long seq, int index, HttpContext http, PageDoor door, SessionLog log)
    {
        http.Response.Headers.ContentSecurityPolicy = ImagePolicy;
        if (await door.OpenAsync(http) is not var (session, _, _)
            || await log.FindAsync(session.Id, seq, http.RequestAborted) is not { } stored
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
        return http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal) ? PageResponse.NotFoundAsync(http) : Task.CompletedTask;
    }
}
