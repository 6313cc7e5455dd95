using System.Security.Cryptography;
using System.Text.Json;
using Parley.Core.Transcripts.ClaudeCode;
using Xunit;

namespace Parley.EndToEnd.Tests.Command;

/// <summary>Folders, memory and MCP servers of an author's machine, on their way to a session's context.</summary>
public sealed class ContextTests(RunningServer server) : IClassFixture<RunningServer>, IDisposable
{
    private readonly Home _home = server.NewHome();

    [Fact]
    public async Task A_folder_goes_along_by_gitignore_and_without_secrets_and_is_private()
    {
        string id = await ShareAsync();
        Write(".gitignore", "*.log\n");
        Write("server/service/a.ts", "export const a = 1;\n");
        Write("server/service/b.log", "noise\n");
        Write("server/service/c.env", $"GITHUB_TOKEN={FakeToken()}\n");

        Result added = await _home.RunAsync("context", "add", id, "--files", "server/service");

        Assert.Empty(added.Succeeded());
        Assert.Contains("server/service: 1 file", added.Error, StringComparison.Ordinal);
        Assert.Contains("left out: server/service/c.env holds what looks like a secret", added.Error, StringComparison.Ordinal);
        JsonElement resource = Assert.Single(await ResourcesAsync(id));
        Assert.Equal(("files", "server/service", "private", 1), (Text(resource, "kind"), Text(resource, "name"), Text(resource, "permission"), resource.GetProperty("files").GetInt32()));
    }

    [Fact]
    public async Task A_single_file_with_a_secret_goes_along_by_its_name()
    {
        string id = await ShareAsync();
        Write("config/test.env", $"GITHUB_TOKEN={FakeToken()}\n");

        (await _home.RunAsync("context", "add", id, "--files", "config", "--choose", "config/test.env")).Succeeded();

        Assert.Equal(1, Assert.Single(await ResourcesAsync(id)).GetProperty("files").GetInt32());
    }

    [Fact]
    public async Task A_preview_shows_what_would_go_and_sends_nothing()
    {
        string id = await ShareAsync();
        Write("src/a.ts", "a\n");
        Write("src/b.bin", "a\0b");

        Result preview = await _home.RunAsync("context", "add", id, "--files", "src", "--preview");

        Assert.Equal("src/a.ts\n", preview.Succeeded());
        Assert.Contains("src/b.bin is not text", preview.Error, StringComparison.Ordinal);
        Assert.Empty(await ResourcesAsync(id));
    }

    [Fact]
    public async Task Memory_goes_along_redacted()
    {
        string id = await ShareAsync(), memory = Path.Combine(_home.PathOf(".claude", "projects"), ProjectFolderName.Of(_home.Project), "memory");
        string token = FakeToken();
        Write("CLAUDE.md", "# Rules\n");
        Directory.CreateDirectory(memory);
        await File.WriteAllTextAsync(Path.Combine(memory, "MEMORY.md"), $"The token is {token}; the project is in {_home.Project}.\n", TestContext.Current.CancellationToken);

        (await _home.RunAsync("context", "add", id, "--memory")).Succeeded();

        JsonElement resource = Assert.Single(await ResourcesAsync(id));
        Assert.Equal(("memory", 2), (Text(resource, "kind"), resource.GetProperty("files").GetInt32()));
        string text = await FileAsync(id, Text(resource, "resourceId"), "MEMORY.md");
        Assert.Contains("[REDACTED:github-token]", text, StringComparison.Ordinal);
        Assert.DoesNotContain(token, text, StringComparison.Ordinal);
        Assert.DoesNotContain(_home.PathOf(), text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mcp_servers_are_listed_by_name_and_nothing_else_of_them_leaves()
    {
        string id = await ShareAsync();
        await File.WriteAllTextAsync(
            _home.PathOf(".claude.json"),
            JsonSerializer.Serialize(new
            {
                mcpServers = new { linear = new { type = "http", url = "https://mcp.example.org/secret-path" }, Gmail = new { command = "npx" } },
                projects = new Dictionary<string, object> { [_home.Project] = new { mcpServers = new { work = new { command = "uvx", args = new[] { "imap-server" } } } } },
            }),
            TestContext.Current.CancellationToken);
        Write(".mcp.json", """{"mcpServers":{"docs":{"command":"docs"}}}""");

        (await _home.RunAsync("context", "add", id, "--mcp", "linear")).Succeeded();

        JsonElement[] resources = await ResourcesAsync(id);
        Assert.Equal(
            ["Gmail True private", "docs False private", "linear False private", "work True private"],
            resources.Select(resource => $"{Text(resource, "name")} {resource.GetProperty("locked").GetBoolean()} {Text(resource, "permission")}"));
        Assert.DoesNotContain("secret-path", string.Concat(resources), StringComparison.Ordinal);
        Result refused = await _home.RunAsync("context", "add", id, "--mcp", "Gmail");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("never shared", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resources_are_listed_permitted_and_removed_by_name()
    {
        string id = await ShareAsync();
        Write("src/a.ts", "a\n");
        (await _home.RunAsync("context", "add", id, "--files", "src")).Succeeded();

        Assert.Equal("src: the agent, and members open it\n", (await _home.RunAsync("context", "permit", id, "src/", "members")).Error);
        Assert.Contains("the agent, and members open it", (await _home.RunAsync("context", "list", $"{server.Address}/c/{id}")).Succeeded(), StringComparison.Ordinal);
        Assert.Equal("src is gone from the server.\n", (await _home.RunAsync("context", "remove", id, "src")).Error);
        Assert.Equal("[]\n", (await _home.RunAsync("context", "list", id, "--json")).Succeeded());
    }

    [Theory]
    [InlineData("..", "there is no folder '..'")]
    [InlineData("/etc", "there is no folder '/etc'")]
    [InlineData("link", "there is no folder 'link'")]
    [InlineData("build", "is ignored by the project's .gitignore")]
    [InlineData("empty", "there are no files in 'empty'")]
    public async Task A_folder_that_is_not_the_projects_to_share_is_refused(string folder, string message)
    {
        string id = await ShareAsync();
        Write(".gitignore", "build/\n");
        Write("build/a.js", "a");
        Directory.CreateDirectory(Path.Combine(_home.Project, "empty"));
        Directory.CreateSymbolicLink(Path.Combine(_home.Project, "link"), "/etc");

        Result result = await _home.RunAsync("context", "add", id, "--files", folder);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_on_the_server_already_is_not_sent_again_and_what_changed_replaces_it()
    {
        string id = await ShareAsync();
        Write("src/a.ts", "one\n");
        Write("src/b.ts", "two\n");
        (await _home.RunAsync("context", "add", id, "--files", "src")).Succeeded();
        Write("src/a.ts", "three\n");
        File.Delete(Path.Combine(_home.Project, "src", "b.ts"));

        (await _home.RunAsync("context", "add", id, "--files", "src")).Succeeded();

        JsonElement resource = Assert.Single(await ResourcesAsync(id));
        Assert.Equal(1, resource.GetProperty("files").GetInt32());
        Assert.Equal("three\n", await FileAsync(id, Text(resource, "resourceId"), "a.ts"));
    }

    [Fact]
    public async Task Nothing_chosen_is_a_mistake()
    {
        Result result = await _home.RunAsync("context", "add", "AAAAAAAAAAAA");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("say what to add", result.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _home.Dispose();

    private static string FakeToken() => "ghp_" + RandomNumberGenerator.GetString("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", 36);

    private static string Text(JsonElement resource, string name) => resource.GetProperty(name).GetString()!;

    private void Write(string path, string text)
    {
        string full = Path.Combine(_home.Project, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    private async Task<string> ShareAsync()
    {
        new Written(_home.Sessions, _home.Project).Prompt("x").Title("Tides").Save();
        return JsonDocument.Parse((await _home.RunAsync("share", "--json", "--private")).Succeeded()).RootElement.GetProperty("shareId").GetString()!;
    }

    private async Task<JsonElement[]> ResourcesAsync(string id) =>
        [.. JsonDocument.Parse((await _home.RunAsync("context", "list", id, "--json")).Succeeded()).RootElement.EnumerateArray()];

    private async Task<string> FileAsync(string id, string resource, string path)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", _home.Environment["SHARE_API_KEY"]);
        return await client.GetStringAsync($"{server.Address}/api/sessions/{id}/context/{resource}/files?path={Uri.EscapeDataString(path)}", TestContext.Current.CancellationToken);
    }
}
