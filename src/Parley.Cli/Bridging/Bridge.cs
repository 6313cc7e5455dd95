using System.Net;
using System.Net.WebSockets;
using Parley.Cli.Servers;
using Parley.Core.Credentials;

namespace Parley.Cli.Bridging;

/// <summary>
/// Lends the MCP servers of this machine to the workspaces that it has notes of, over one connection outward. One process of a machine does so; the others
/// wait until it ends.
/// </summary>
internal sealed class Bridge(Uri server, Action<string> news)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1), ConnectTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1), LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        bool hasSaid = false;
        while (true)
        {
            if (BridgeNote.Of(server).Count > 0)
            {
                using FileStream? turn = TryLock();
                if (turn is not null)
                    await KeepConnectedAsync(cancel);
                else if (!hasSaid)
                    news("Another process of this machine lends its MCP servers already; this one goes on when that one ends.");
                hasSaid = turn is null;
            }
            await Task.Delay(Interval, cancel);
        }
    }

    // While there is something to lend.
    private async Task KeepConnectedAsync(CancellationToken cancel)
    {
        TimeSpan pause = FirstPause;
        while (BridgeNote.Of(server).Count > 0)
        {
            try
            {
                using WebSocket socket = await ConnectAsync(cancel);
                pause = FirstPause;
                await TalkAsync(socket, cancel);
            }
            catch (Exception e) when (e is WebSocketException or IOException or HttpRequestException or Failure)
            {
                news($"No connection to {server}: {e.Message}");
            }
            await Task.Delay(pause * (0.75 + (Random.Shared.NextDouble() / 2)), cancel);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task TalkAsync(WebSocket socket, CancellationToken cancel)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await using var connection = new BridgeConnection(socket, news);
        await connection.LendAsync(BridgeNote.Of(server), end.Token);
        Task<string> talking = connection.RunAsync(end.Token);
        while (await Task.WhenAny(talking, Task.Delay(Interval, cancel)) != talking)
        {
            cancel.ThrowIfCancellationRequested();
            await connection.LendAsync(BridgeNote.Of(server), end.Token);
        }
        news(await talking);
    }

    private async Task<WebSocket> ConnectAsync(CancellationToken cancel)
    {
        // Looked for each time: the server of this machine may have written one just now.
        Setting key = Settings.Key(server) ?? throw ServerErrors.NoKey(server);
        var socket = new ClientWebSocket { Options = { CollectHttpResponseDetails = true, KeepAliveInterval = TimeSpan.FromSeconds(15), KeepAliveTimeout = TimeSpan.FromSeconds(20) } };
        try
        {
            socket.Options.SetRequestHeader("Authorization", $"Bearer {key.Value}");
            using var http = new HttpMessageInvoker(new SocketsHttpHandler { ConnectTimeout = ConnectTimeout, UseProxy = !server.IsLoopback, UseCookies = false });
            await socket.ConnectAsync(Address, http, cancel);
            return socket;
        }
        catch (WebSocketException) when (socket.HttpStatusCode is HttpStatusCode.Unauthorized)
        {
            socket.Dispose();
            throw new Failure($"the key from {key.Origin} is not valid there (any more).");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private Uri Address => new UriBuilder(server)
    {
        Scheme = server.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs,
        Port = server.Port,
        Path = server.AbsolutePath.TrimEnd('/') + "/api/bridge",
    }.Uri;

    // Whoever has it open lends; it is free again when that process ends, however it does.
    private static FileStream? TryLock()
    {
        try
        {
            PrivateFile.CreateFolder(BridgeNote.Folder);
            return PrivateFile.Open(Path.Combine(BridgeNote.Folder, "lock"), new() { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
