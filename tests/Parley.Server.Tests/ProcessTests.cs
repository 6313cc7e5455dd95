using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using Parley.Core.Credentials;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests;

/// <summary>The server as a process: how it starts, how it refuses to, and how it ends.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-process-");

    private string Folder => _folder.FullName;

    private CredentialsFile Credentials => new(Path.Combine(Folder, "credentials.json"));

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task It_tells_where_it_listens_makes_a_key_for_its_machine_and_ends_when_asked()
    {
        await using ServerProcess server = await ServerProcess.StartAsync(Folder);

        Assert.Matches(@"^Parley listens on http://localhost:\d+ \(SQLite 3\.\d+\.\d+, \./data/sessions\.db\)$", server.ReadyLine);
        using HttpClient owner = Owner(server);
        Assert.Equal("{\"sessions\":[],\"memberOf\":[]}", await owner.GetStringAsync("/api/sessions"));
        Assert.Equal((0, ""), await server.StopAsync());
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task Its_files_are_readable_by_their_owner_alone()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Windows has no modes.");
        await using ServerProcess server = await ServerProcess.StartAsync(Folder);

        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        foreach (string file in (string[])["credentials.json", "data/sessions.db", "data/sessions.db-wal", "data/sessions.db-shm"])
            Assert.Equal(Owner, File.GetUnixFileMode(Path.Combine(Folder, file)));
        Assert.Equal(Owner | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(Folder, "data")));
    }

    [Fact]
    public async Task Killed_in_the_middle_of_an_upload_it_has_nothing_of_it_afterwards()
    {
        await using (ServerProcess server = await ServerProcess.StartAsync(Folder))
        {
            using HttpClient owner = Owner(server);
            using HttpResponseMessage whole = await owner.PostAsync("/api/sessions", Bundles.Content(Bundles.Of([Bundles.Prompt("whole")])));
            whole.EnsureSuccessStatusCode();
            // Large enough that it is being stored when the last byte has been sent.
            byte[] large = Bundles.Of(Enumerable.Repeat(Bundles.Prompt(new string('x', 2000)), 20_000));
            Task upload = owner.PostAsync("/api/sessions", Bundles.Content(large));
            await Eventually.TrueAsync(() => Task.FromResult(new FileInfo(Path.Combine(Folder, "data/sessions.db-wal")).Length > 4_000_000 || upload.IsCompleted));
            Assert.False(upload.IsCompleted);
            await server.KillAsync();
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => upload);
        }

        await using ServerProcess again = await ServerProcess.StartAsync(Folder);
        using HttpClient client = Owner(again);
        JsonElement session = Assert.Single((await client.JsonAsync("/api/sessions")).GetProperty("sessions").EnumerateArray());
        Assert.Equal(["whole"], await client.TextsAsync(session.Text("shareId")));
        Assert.InRange(new FileInfo(Path.Combine(Folder, "data/sessions.db")).Length, 1, 1_000_000);
    }

    [Fact]
    public async Task A_setting_that_makes_no_sense_is_one_sentence_and_exit_code_2()
    {
        (int exitCode, string output, string error) = await ServerProcess.RunAsync(Folder, new() { ["PORT"] = "web" });

        Assert.Equal((2, "", "PORT must be a whole number from 0 to 65535, but is \"web\"."), (exitCode, output, error.Trim()));
    }

    [Fact]
    public async Task A_port_that_is_taken_is_one_sentence()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;

        (int exitCode, _, string error) = await ServerProcess.RunAsync(Folder, new() { ["PORT"] = $"{port}" });

        Assert.Equal((1, $"Port {port} is in use: stop what listens there, or set PORT to another one."), (exitCode, error.Trim()));
    }

    [Theory]
    [InlineData("DATABASE_PATH", "/dev/null/sessions.db", "The database /dev/null/sessions.db can't be opened")]
    [InlineData("DATABASE_URL", "postgres://u:hunter22@localhost:1/d", "The database can't be used (PostgreSQL, d on localhost)")]
    [InlineData("PARLEY_BIND", "203.0.113.1", "The server can't listen on 203.0.113.1")]
    public async Task What_it_needs_and_can_not_have_is_one_sentence(string name, string value, string sentence)
    {
        (int exitCode, _, string error) = await ServerProcess.RunAsync(Folder, new() { [name] = value });

        Assert.Equal(1, exitCode);
        Assert.StartsWith(sentence, error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter22", error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }

    [Fact]
    public async Task Keys_are_made_at_the_machine_and_printed_alone_whether_or_not_it_runs()
    {
        (int exitCode, string before, string error) = await ServerProcess.RunAsync(Folder, [], "keys", "create", "laptop");
        Assert.Equal((0, ""), (exitCode, error));
        await using ServerProcess server = await ServerProcess.StartAsync(Folder);
        (_, string during, _) = await ServerProcess.RunAsync(Folder, [], "keys", "create", "phone");

        foreach (string key in (string[])[before, during])
        {
            Assert.Matches("^sk-[A-Za-z0-9_-]{43}\n$", key);
            using HttpClient client = Client(server, key.Trim());
            Assert.Equal("{\"sessions\":[],\"memberOf\":[]}", await client.GetStringAsync("/api/sessions"));
        }
    }

    [Fact]
    public async Task Other_arguments_get_the_usage_and_exit_code_2()
    {
        (int exitCode, _, string error) = await ServerProcess.RunAsync(Folder, [], "--please");

        Assert.Equal(2, exitCode);
        Assert.Contains("parley-server keys create NAME", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_serves_even_where_it_can_not_leave_a_key()
    {
        await using ServerProcess server = await ServerProcess.StartAsync(Folder, new() { ["PARLEY_CREDENTIALS"] = "/dev/null/credentials.json" });
        using var anyone = new HttpClient { BaseAddress = server.Address };

        Assert.Equal("alive", await anyone.GetStringAsync("/healthz"));
        Assert.Contains("parley-server keys create NAME", (await server.StopAsync()).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_log_is_json_where_that_is_wanted()
    {
        await using ServerProcess server = await ServerProcess.StartAsync(Folder, new() { ["PARLEY_LOG"] = "json" });
        using HttpClient owner = Owner(server);
        using HttpResponseMessage answer = await owner.PostAsync("/api/sessions", Bundles.Content(Bundles.Of([Bundles.Prompt("content")])));
        string id = (await answer.JsonAsync()).Text("shareId");

        string log = (await server.StopAsync()).Output;

        JsonElement line = JsonSerializer.Deserialize<JsonElement>(Assert.Single(log.Trim().Split('\n')));
        Assert.Equal(201, line.GetProperty("State").Number("Status"));
        Assert.DoesNotContain(id, log, StringComparison.Ordinal);
        Assert.DoesNotContain("content", log, StringComparison.Ordinal);
    }

    private HttpClient Owner(ServerProcess server) => Client(server, Credentials.FindKey($"http://localhost:{server.Address.Port}")!);

    private static HttpClient Client(ServerProcess server, string key) =>
        new() { BaseAddress = server.Address, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) } };
}
