using Microsoft.AspNetCore.Components;
using Parley.Server.Accounts;
using Parley.Server.Hosting;

namespace Parley.Server.Pages;

/// <summary>How pages are sent: what is common to their headers, and those that need nothing but their frame.</summary>
public static class PageResponse
{
    /// <summary>Scripts, styles, fonts and images from here alone, none inline; no frames around it and no forms to elsewhere.</summary>
    public const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    public static async Task SendAsync(HttpContext http, HotPage page)
    {
        Prepare(http.Response);
        await page.For(http.Request).SendAsync(http.Response);
    }

    public static async Task SendAsync(HttpContext http, byte[] html)
    {
        Prepare(http.Response);
        await new EncodedBytes(html, null).SendAsync(http.Response);
    }

    /// <summary>For a page with a form that is posted: without a referrer browsers say that it comes from nowhere. Before the page is sent.</summary>
    public static void LetFormsTellTheirOrigin(HttpResponse response) => response.Headers["Referrer-Policy"] = "same-origin";

    /// <summary>Sends a page that needs nothing but its frame.</summary>
    public static Task SendAsync<TPage>(HttpContext http) where TPage : IComponent => SendAsync<TPage>(http, []);

    /// <summary>Sends a page that is written for this request alone.</summary>
    public static async Task SendAsync<TPage>(HttpContext http, Dictionary<string, object?> parameters) where TPage : IComponent
    {
        parameters["Frame"] = Frame(http);
        await SendAsync(http, await http.RequestServices.GetRequiredService<PageRenderer>().BytesAsync<TPage>(parameters));
    }

    public static Task NotFoundAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return SendAsync<NotFoundPage>(http);
    }

    /// <summary>The same for a page that members see: whoever is not signed in may be one.</summary>
    public static Task NotForStrangersAsync(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return SendAsync<NotFoundPage>(http, new() { ["SignIn"] = $"{Address(http).Prefix}/sign-in?to={Uri.EscapeDataString(http.Request.Path)}" });
    }

    public static PageFrame Frame(HttpContext http) =>
        new(http.RequestServices.GetRequiredService<WebAssets>(), Address(http), http.Caller().AccountId is not null);

    public static PageAddress Address(HttpContext http)
    {
        PublicAddress address = http.RequestServices.GetRequiredService<PublicAddress>();
        return new(address.Root(http.Request), address.Prefix(http.Request));
    }

    private static void Prepare(HttpResponse response)
    {
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.ContentSecurityPolicy = Policy;
    }
}
