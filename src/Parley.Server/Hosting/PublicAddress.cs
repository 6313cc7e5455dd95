namespace Parley.Server.Hosting;

/// <summary>The addresses under which people reach this server: PARLEY_PUBLIC_URL where it is set, else what the request was sent to.</summary>
public sealed class PublicAddress(ServerOptions options)
{
    /// <summary>Absolute, path prefix included, no slash at the end: <c>https://example.org/parley</c>.</summary>
    public string Root(HttpRequest request) => options.PublicUrl is { } url
        ? url.AbsoluteUri.TrimEnd('/')
        : $"{request.Scheme}://{request.Host}{request.PathBase}";

    /// <summary>The path prefix alone, no slash at the end; empty without one.</summary>
    public string Prefix(HttpRequest request) => options.PublicUrl is { } url ? url.AbsolutePath.TrimEnd('/') : request.PathBase.ToString();

    /// <summary>The absolute link of a session.</summary>
    public string Session(HttpRequest request, string id) => $"{Root(request)}/s/{id}";

    /// <summary>The absolute link of the page where a session's members meet.</summary>
    public string Workspace(HttpRequest request, string id) => $"{Root(request)}/c/{id}";

    /// <summary>The absolute link that a token of a share opens.</summary>
    public string Token(HttpRequest request, string token) => $"{Root(request)}/t/{token}";

    /// <summary>The absolute link of an invitation.</summary>
    public string Invitation(HttpRequest request, string secret) => $"{Root(request)}/i/{secret}";

    /// <summary>Whether an Origin header (RFC 6454) names this server.</summary>
    public bool IsOrigin(HttpRequest request, string origin) => origin == $"{request.Scheme}://{request.Host}"
        || (options.PublicUrl is { } url && origin == url.GetLeftPart(UriPartial.Authority));
}
