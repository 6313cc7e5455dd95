using System.IO.Pipelines;

namespace Parley.Server.Sessions;

/// <summary>An answer that is written piece by piece, so that a large session never stands in memory as a whole.</summary>
public sealed class StreamedContent(string contentType, Func<PipeWriter, Task> write) : IResult
{
    private const int FlushBytes = 64 * 1024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = contentType;
        await write(httpContext.Response.BodyWriter);
        await httpContext.Response.BodyWriter.FlushAsync(httpContext.RequestAborted);
    }

    /// <summary>Waits for a slow reader when enough has been written.</summary>
    public static async ValueTask FlushIfLargeAsync(PipeWriter body, CancellationToken cancel)
    {
        if (body.UnflushedBytes >= FlushBytes)
            await body.FlushAsync(cancel);
    }
}
