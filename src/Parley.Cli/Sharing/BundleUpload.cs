using System.IO.Compression;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using Parley.Core.Sessions;

namespace Parley.Cli.Sharing;

/// <summary>
/// A request body that is made while it is sent: one thread reads, redacts and writes entries into a pipe, and this one compresses and sends
/// them. Nothing of the session is held but the pipe's few hundred kilobytes.
/// </summary>
internal sealed class BundleUpload : HttpContent
{
    private readonly Func<PipeWriter, CancellationToken, Task> _write;
    private readonly string _source;
    private readonly bool _compress;

    /// <param name="write">Writes the bundle as fast as its reader takes it, and completes the pipe, with the failure if there was one.</param>
    /// <param name="source">The path of what it reads, for the message of a failure.</param>
    /// <param name="compress">Whether bytes cost more than time: not on the way to this very machine.</param>
    public BundleUpload(Func<PipeWriter, CancellationToken, Task> write, string source, bool compress)
    {
        (_write, _source, _compress) = (write, source, compress);
        Headers.ContentType = new MediaTypeHeaderValue(BundleWriter.MediaType);
        if (compress)
            Headers.ContentEncoding.Add("gzip");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var pipe = new Pipe();
        Task writing = Task.Run(() => _write(pipe.Writer, cancellationToken), CancellationToken.None);
        try
        {
            if (_compress)
                await CompressAsync(pipe.Reader, stream, cancellationToken);
            else
                await pipe.Reader.CopyToAsync(stream, cancellationToken);
        }
        finally
        {
            await pipe.Reader.CompleteAsync();
            await EndAsync(writing);
        }
    }

    // What went wrong on this side is told as such, and not as a failure of the connection that it broke.
    private async Task EndAsync(Task writing)
    {
        await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (writing.Exception?.InnerException is { } cause)
            throw new Failure($"{_source} can't be read to its end: {cause.Message}");
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    private static async Task CompressAsync(PipeReader bundle, Stream output, CancellationToken cancel)
    {
        await using var gzip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true);
        await bundle.CopyToAsync(gzip, cancel);
    }
}
