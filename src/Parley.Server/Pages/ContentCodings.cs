namespace Parley.Server.Pages;

/// <summary>What a client can decompress.</summary>
[Flags]
public enum ContentCoding
{
    None = 0,
    Gzip = 1,
    Brotli = 2,
}

/// <summary>Bytes to be sent and the <c>Content-Encoding</c> that names their form; null for plain ones.</summary>
public readonly record struct EncodedBytes(byte[] Bytes, string? Encoding)
{
    /// <summary>Sends them as the whole body.</summary>
    public ValueTask<System.IO.Pipelines.FlushResult> SendAsync(HttpResponse response)
    {
        response.Headers.Vary = "Accept-Encoding";
        if (Encoding is not null)
            response.Headers.ContentEncoding = Encoding;
        response.ContentLength = Bytes.Length;
        return HttpMethods.IsHead(response.HttpContext.Request.Method) ? default : response.BodyWriter.WriteAsync(Bytes);
    }
}

/// <summary>Reads Accept-Encoding (RFC 9110, 12.5.3). A coding with the weight 0 is refused; other weights don't matter, since the smaller form is better for all.</summary>
public static class ContentCodings
{
    public static ContentCoding Accepted(HttpRequest request)
    {
        var accepted = ContentCoding.None;
        foreach (string? value in request.Headers.AcceptEncoding)
        {
            foreach (Range range in value.AsSpan().Split(','))
            {
                ReadOnlySpan<char> item = value.AsSpan()[range].Trim();
                int weight = item.IndexOf(';');
                if (weight >= 0 && item[weight..].TrimEnd("0.").EndsWith("q="))
                    continue;
                ReadOnlySpan<char> coding = weight < 0 ? item : item[..weight].TrimEnd();
                accepted |= coding.Equals("br", StringComparison.OrdinalIgnoreCase) ? ContentCoding.Brotli
                    : coding.Equals("gzip", StringComparison.OrdinalIgnoreCase) ? ContentCoding.Gzip : ContentCoding.None;
            }
        }
        return accepted;
    }
}
