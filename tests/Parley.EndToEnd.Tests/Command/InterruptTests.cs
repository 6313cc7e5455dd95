using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Xunit;

namespace Parley.EndToEnd.Tests.Command;

public sealed class InterruptTests(RunningServer server) : IClassFixture<RunningServer>, IDisposable
{
    private const int PassedOn = 1024 * 1024;

    private readonly Home _home = server.NewHome();

    [Fact]
    public async Task Ctrl_c_in_the_middle_of_an_upload_leaves_nothing_on_the_server()
    {
        var session = new Written(_home.Sessions, _home.Project).Title("Interrupted");
        for (int i = 0; i < 400; i++)
            session.Prompt($"{i} " + new string((char)('a' + i % 26), 50_000));
        session.Save();
        using var stalled = new TcpListener(IPAddress.Loopback, 0);
        stalled.Start();
        _home.Environment["SHARE_SERVER_URL"] = $"http://127.0.0.1:{((IPEndPoint)stalled.LocalEndpoint).Port}";

        using Process process = _home.Start("share");
        using (await PassOnAsync(stalled, PassedOn))
        {
            Home.Signal(process, PosixSignal.SIGINT);
            Result result = await Home.EndAsync(process);
            Assert.Equal((130, "", ""), (result.ExitCode, result.Out, result.Error));
        }
        _home.Environment["SHARE_SERVER_URL"] = server.Address;
        Assert.DoesNotContain("Interrupted", (await _home.RunAsync("list")).Succeeded());
    }

    [Fact]
    public async Task Ctrl_c_at_a_question_ends_at_once()
    {
        new Written(_home.Sessions, _home.Project).Prompt("x").Save();
        Result result = await _home.AnswerOnTerminalAsync("Share it on", "\u0003", "share");
        Assert.Equal(130, result.ExitCode);
    }

    public void Dispose() => _home.Dispose();

    // A line to the server that stalls after some bytes of the upload.
    private async Task<IDisposable> PassOnAsync(TcpListener stalled, int bytes)
    {
        TcpClient client = await stalled.AcceptTcpClientAsync(TestContext.Current.CancellationToken), upstream = new();
        await upstream.ConnectAsync("localhost", new Uri(server.Address).Port, TestContext.Current.CancellationToken);
        _ = upstream.GetStream().CopyToAsync(client.GetStream(), CancellationToken.None).ContinueWith(_ => { }, TaskScheduler.Default);
        var buffer = new byte[64 * 1024];
        for (int passed = 0; passed < bytes;)
        {
            int read = await client.GetStream().ReadAsync(buffer, TestContext.Current.CancellationToken);
            await upstream.GetStream().WriteAsync(buffer.AsMemory(0, read), TestContext.Current.CancellationToken);
            passed += read;
        }
        return new Line(client, upstream);
    }

    private sealed record Line(TcpClient Client, TcpClient Upstream) : IDisposable
    {
        public void Dispose()
        {
            Client.Dispose();
            Upstream.Dispose();
        }
    }
}
