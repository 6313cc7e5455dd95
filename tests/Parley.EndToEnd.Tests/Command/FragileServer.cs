using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Parley.EndToEnd.Tests.Command;

/// <summary>A real server that is killed and comes back, at the same address and with the same database.</summary>
public sealed class FragileServer(Home home) : IDisposable
{
    private readonly int _port = FreePort();
    private Process? _process;

    public string Address => $"http://localhost:{_port}";

    public async Task StartAsync()
    {
        _process = home.Start("serve", "--port", $"{_port}");
        string? line = await _process.StandardOutput.ReadLineAsync();
        _ = _process.StandardError.ReadToEndAsync();
        if (line is null)
            throw new InvalidOperationException("The server did not start.");
    }

    /// <summary>Ends it as a crash does.</summary>
    public void Kill()
    {
        _process?.Kill(entireProcessTree: true);
        _process?.WaitForExit();
        _process?.Dispose();
        _process = null;
    }

    /// <summary>The type and the text of each entry's first block.</summary>
    public async Task<string[]> EntriesAsync(string shareId)
    {
        using var http = new HttpClient();
        JsonElement page = await http.GetFromJsonAsync<JsonElement>($"{Address}/api/sessions/{shareId}/messages?limit=200");
        return
        [
            .. page.GetProperty("messages").EnumerateArray().Select(entry => entry.GetProperty("blocks")[0])
                .Select(block => block.TryGetProperty("text", out JsonElement text) ? text.GetString()! : block.GetProperty("type").GetString()!),
        ];
    }

    public void Dispose() => Kill();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
