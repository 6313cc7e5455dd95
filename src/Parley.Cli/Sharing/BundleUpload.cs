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
    private const int FlushBytes = 128 * 1024;

    private readonly SessionHeader _header;
    private readonly IEnumerable<Entry> _entries;
    private readonly string _source;
    private readonly bool _compress;

    /// <param name="header">The bundle's head.</param>
    /// <param name="entries">What follows it, made as fast as it is sent; each is written before the next one is asked for.</param>
    /// <param name="source">The path of what it reads, for the message of a failure.</param>
    /// <param name="compress">Whether bytes cost more than time: not on the way to this very machine.</param>
    public BundleUpload(SessionHeader header, IEnumerable<Entry> entries, string source, bool compress)
    {
        (_header, _entries, _source, _compress) = (header, entries, source, compress);
        Headers.ContentType = new MediaTypeHeaderValue(BundleWriter.MediaType);
        if (compress)
            Headers.ContentEncoding.Add("gzip");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var pipe = new Pipe();
        Task writing = Task.Run(() => WriteAsync(pipe.Writer, cancellationToken), CancellationToken.None);
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

    // As fast as its reader takes it. The pipe is completed in any case, with the failure if there was one.
    private async Task WriteAsync(PipeWriter pipe, CancellationToken cancel)
    {
        try
        {
            var bundle = new BundleWriter(pipe);
            bundle.WriteHeader(_header);
            foreach (Entry entry in _entries)
            {
                bundle.WriteEntry(entry);
                if (pipe.UnflushedBytes >= FlushBytes && (await pipe.FlushAsync(cancel)).IsCompleted)
                    return;
            }
            bundle.WriteEnd();
            await pipe.CompleteAsync();
        }
        catch (Exception e)
        {
            await pipe.CompleteAsync(e);
            throw;
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
