namespace Parley.Server.Hosting;

/// <summary>
/// The headers that every answer carries, errors included, unless the route has said otherwise: content is for nobody's cache and no search
/// engine, and what is not a page can run nothing.
/// </summary>
public static class ResponseRules
{
    public static void UseResponseRules(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        http.Response.OnStarting(
            static state =>
            {
                Apply(((HttpContext)state).Request.Path, ((HttpContext)state).Response.Headers);
                return Task.CompletedTask;
            },
            http);
        return next(http);
    });

    private static void Apply(PathString path, IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = "nosniff";
        if (headers["Referrer-Policy"].Count == 0)
            headers["Referrer-Policy"] = "no-referrer";
        if (headers.CacheControl.Count == 0)
            headers.CacheControl = "private, no-store";
        if (headers.ContentSecurityPolicy.Count == 0)
            headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        // The front page alone may be found.
        if (path.Value is not ("" or "/"))
            headers["X-Robots-Tag"] = "noindex";
    }
}
