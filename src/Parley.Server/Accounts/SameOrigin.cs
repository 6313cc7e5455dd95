using Parley.Server.Hosting;

namespace Parley.Server.Accounts;

/// <summary>
/// Whether a browser sent a request from a page of this server. Asked where a cookie would speak for its owner, whatever page the request
/// comes from: SameSite keeps other sites out, and this their neighbours on other ports and subdomains.
/// </summary>
public static class SameOrigin
{
    /// <summary>False too when the request does not say where it comes from: browsers do.</summary>
    public static bool Holds(HttpContext http)
    {
        IHeaderDictionary headers = http.Request.Headers;
        string site = headers["Sec-Fetch-Site"].ToString();
        return site != ""
            ? site == "same-origin"
            : http.RequestServices.GetRequiredService<PublicAddress>().IsOrigin(http.Request, headers.Origin.ToString());
    }
}
