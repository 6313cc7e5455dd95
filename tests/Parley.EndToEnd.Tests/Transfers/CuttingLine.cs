using System.Net;
using System.Net.Sockets;

namespace Parley.EndToEnd.Tests.Transfers;

/// <summary>A line to a sender that counts what comes from there, and can be cut after so many bytes or stall.</summary>
public sealed class CuttingLine : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly SendProcess _sender;
    private readonly long _cutAfter;
    private readonly bool _stalls;
    private readonly TaskCompletionSource _cut = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _passed;

    public CuttingLine(SendProcess sender, long cutAfter = long.MaxValue, bool stalls = false)
    {
        (_sender, _cutAfter, _stalls) = (sender, cutAfter, stalls);
        _listener.Start();
        _ = RunAsync();
    }

    public string Address => _listener.LocalEndpoint.ToString()!;

    /// <summary>Bytes that came from the sender.</summary>
    public long Passed => Interlocked.Read(ref _passed);

    /// <summary>Comes back when so many bytes have passed.</summary>
    public Task Cut => _cut.Task;

    public void Dispose() => _listener.Dispose();

    private async Task RunAsync()
    {
        using TcpClient receiver = await _listener.AcceptTcpClientAsync(), sender = new();
        await sender.ConnectAsync(IPEndPoint.Parse(_sender.Address));
        _ = receiver.GetStream().CopyToAsync(sender.GetStream()).ContinueWith(_ => sender.Close(), TaskScheduler.Default);
        var buffer = new byte[16 * 1024];
        for (int read; (read = await sender.GetStream().ReadAsync(buffer)) > 0;)
        {
            await receiver.GetStream().WriteAsync(buffer.AsMemory(0, read));
            if (Interlocked.Add(ref _passed, read) >= _cutAfter)
                break;
        }
        _cut.SetResult();
        if (_stalls)
            await Task.Delay(Timeout.Infinite);
    }
}
