using System.IO.Pipelines;
using Parley.Core.Credentials;
using Parley.Core.Sessions;

namespace Parley.Server.Intake;

/// <summary>
/// A bundle on its way in, kept in a temporary file until all of it is there: so a slow sender holds no transaction open, and what one entry
/// teaches the redactor serves those before it. Nobody else can read the file, and nothing of it is left when the process is killed.
/// </summary>
internal sealed class Spool : IAsyncDisposable
{
    private readonly FileStream _file = Create();
    private readonly PipeWriter _pipe;
    private readonly BundleWriter _writer;

    public Spool()
    {
        _pipe = PipeWriter.Create(_file, new StreamPipeWriterOptions(minimumBufferSize: 64 * 1024, leaveOpen: true));
        _writer = new BundleWriter(_pipe);
    }

    public void Add(SessionHeader header) => _writer.WriteHeader(header);

    public async ValueTask AddAsync(Entry entry, CancellationToken cancel)
    {
        _writer.WriteEntry(entry);
        if (_pipe.UnflushedBytes > 256 * 1024)
            await _pipe.FlushAsync(cancel);
    }

    /// <summary>Everything that was added, from the beginning.</summary>
    public async Task<BundleReader> ReadAsync(CancellationToken cancel)
    {
        _writer.WriteEnd();
        await _pipe.FlushAsync(cancel);
        _file.Position = 0;
        var reader = new BundleReader(PipeReader.Create(_file, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true)), int.MaxValue);
        await reader.ReadHeaderAsync(cancel);
        return reader;
    }

    public async ValueTask DisposeAsync()
    {
        await _pipe.CompleteAsync();
        await _file.DisposeAsync();
    }

    private static FileStream Create()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose,
            BufferSize = 0,
        };
        FileStream file = PrivateFile.Open(Path.Combine(Path.GetTempPath(), $"parley-spool-{Guid.NewGuid():N}"), options);
        if (!OperatingSystem.IsWindows())
            File.Delete(file.Name);
        return file;
    }
}
