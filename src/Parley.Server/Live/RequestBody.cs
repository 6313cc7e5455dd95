using Microsoft.AspNetCore.Http.Features;

namespace Parley.Server.Live;

/// <summary>Reads a body whose limit is the entries', not that of other JSON.</summary>
internal static class RequestBody
{
    /// <exception cref="BadHttpRequestException">It is larger than that.</exception>
    public static async Task<byte[]> ReadAsync(HttpContext http, long most, CancellationToken cancel)
    {
        http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = most;
        using var body = new MemoryStream((int)Math.Clamp(http.Request.ContentLength ?? 0, 0, most));
        await http.Request.BodyReader.CopyToAsync(body, cancel);
        return body.ToArray();
    }
}
