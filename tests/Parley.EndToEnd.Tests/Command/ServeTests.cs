using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using Xunit;

namespace Parley.EndToEnd.Tests.Command;

public sealed class ServeTests : IDisposable
{
    private readonly Home _home = new();

    [Fact]
    public async Task The_newest_session_is_shared_once_and_its_link_stays()
    {
        new Written(_home.Sessions, _home.Project).Prompt("older").Save(minutesOld: 60);
        new Written(_home.Sessions, _home.Project).Prompt("the newest").Save();
        (string first, string body) = await ShareLatestAsync();
        (string second, _) = await ShareLatestAsync();
        Assert.Contains("the newest", body);
        Assert.Equal(new Uri(first).AbsolutePath, new Uri(second).AbsolutePath);
    }

    [Fact]
    public async Task Where_there_is_no_session_the_sample_is_shared()
    {
        _home.Environment["CLAUDE_CONFIG_DIR"] = _home.PathOf("empty");
        (string link, string body) = await ShareLatestAsync();
        Assert.StartsWith("http://localhost:", link);
        Assert.Contains("\"blocks\"", body);
    }

    [Theory]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGTERM)]
    public async Task A_signal_ends_the_server_too(PosixSignal signal)
    {
        using Process process = _home.Start("serve", "--port", "0");
        string line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? "";
        Assert.StartsWith("Parley listens on http://localhost:", line);
        Home.Signal(process, signal);
        Result result = await Home.EndAsync(process);
        Assert.Equal(0, result.ExitCode);
        using var http = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(line.Split(' ')[3] + "/healthz", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_servers_own_failure_is_the_commands()
    {
        _home.Environment["SESSION_EXPIRY_DAYS"] = "soon";
        Result result = await _home.RunAsync("serve", "--port", "0");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("SESSION_EXPIRY_DAYS", result.Error);
    }

    [Fact]
    public async Task The_database_is_where_it_was_asked_for()
    {
        string database = _home.PathOf("elsewhere", "parley.db");
        Directory.CreateDirectory(Path.GetDirectoryName(database)!);
        using Process process = _home.Start("serve", "--port", "0", "--database", database);
        await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Home.Signal(process, PosixSignal.SIGTERM);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(File.Exists(database));
    }

    public void Dispose() => _home.Dispose();

    private async Task<(string Link, string Messages)> ShareLatestAsync()
    {
        using Process process = _home.Start("serve", "--share-latest", "--port", "0");
        Task<string> error = process.StandardError.ReadToEndAsync();
        string link = (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? throw new InvalidOperationException(await error)).Trim();
        using var http = new HttpClient();
        string messages = await http.GetStringAsync(link.Replace("/s/", "/api/sessions/", StringComparison.Ordinal) + "/messages", TestContext.Current.CancellationToken);
        Home.Signal(process, PosixSignal.SIGTERM);
        await Home.EndAsync(process, error);
        return (link, WebUtility.HtmlDecode(messages));
    }
}
