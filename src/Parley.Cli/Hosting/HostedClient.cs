using System.Buffers;
using System.ComponentModel;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Text;
using System.Threading.Channels;
using Parley.Cli.Terminals;
using Parley.Core.Headless;

namespace Parley.Cli.Hosting;

/// <summary>The real client as a process of ours: prompts go in, what it says comes out. One caller writes at a time.</summary>
internal sealed class HostedClient : IAsyncDisposable
{
    /// <summary>What it says and nobody has taken yet; it waits then.</summary>
    private const int MaxWaiting = 1000;

    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly Channel<ClientEvent> _events = Channel.CreateBounded<ClientEvent>(MaxWaiting);
    private readonly StringBuilder _errors = new();
    private readonly Task _reading, _readingErrors;

    private HostedClient(Process process)
    {
        _process = process;
        _reading = ReadAsync();
        _readingErrors = ReadErrorsAsync();
    }

    /// <summary>What it says, until it ends.</summary>
    public ChannelReader<ClientEvent> Events => _events.Reader;

    /// <summary>The last that it wrote to its standard error: why it ended, if it did.</summary>
    public string LastWords
    {
        get
        {
            lock (_errors)
                return DisplayText.OneLine(_errors.ToString());
        }
    }

    /// <exception cref="Failure">It does not start.</exception>
    public static HostedClient Start(ProcessStartInfo start)
    {
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        try
        {
            return new HostedClient(Process.Start(start)!);
        }
        catch (Win32Exception e)
        {
            throw new Failure($"{start.FileName} does not start: {e.Message}.");
        }
    }

    /// <summary>Tells it something: a line of <see cref="ClientInput"/>.</summary>
    /// <exception cref="IOException">It has ended.</exception>
    public async Task SayAsync(ReadOnlyMemory<byte> line, CancellationToken cancel)
    {
        await _process.StandardInput.BaseStream.WriteAsync(line, cancel);
        await _process.StandardInput.BaseStream.FlushAsync(cancel);
    }

    /// <summary>Ends it by force, and whatever it has started.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    /// <summary>Ends it, by force if it does not end by itself.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync().WaitAsync(EndPatience);
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            Kill();
        }
        _events.Writer.TryComplete();
        await Task.WhenAll(_reading, _readingErrors);
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        var output = PipeReader.Create(_process.StandardOutput.BaseStream);
        try
        {
            while (true)
            {
                ReadResult read = await output.ReadAsync();
                ReadOnlySequence<byte> rest = read.Buffer;
                while (rest.PositionOf((byte)'\n') is { } end)
                {
                    if (ClientOutput.Read(rest.Slice(0, end).ToArray()) is { } said)
                        await _events.Writer.WriteAsync(said);
                    rest = rest.Slice(rest.GetPosition(1, end));
                }
                output.AdvanceTo(rest.Start, rest.End);
                if (read.IsCompleted || rest.Length > ClientOutput.MaxLineBytes)
                    break;
            }
        }
        catch (Exception e) when (e is IOException or ChannelClosedException)
        {
            // It was ended while it spoke.
        }
        _events.Writer.TryComplete();
    }

    private async Task ReadErrorsAsync()
    {
        const int kept = 2000;
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_errors)
            {
                _errors.AppendLine(line);
                if (_errors.Length > kept)
                    _errors.Remove(0, _errors.Length - kept);
            }
        }
    }
}
