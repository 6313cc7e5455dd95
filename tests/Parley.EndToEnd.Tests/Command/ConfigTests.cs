using System.Text.Json;
using Xunit;

namespace Parley.EndToEnd.Tests.Command;

public sealed class ConfigTests : IDisposable
{
    private readonly Home _home = new();

    [Fact]
    public async Task The_environment_comes_before_the_file_and_the_file_before_the_default()
    {
        Assert.Equal(("http://localhost:3000", "default"), await ServerAsync());
        (await _home.RunAsync("config", "set", "server", "https://parley.example/team/")).Succeeded();
        Assert.Equal(("https://parley.example/team", _home.PathOf(".config", "parley", "config.json")), await ServerAsync());
        _home.Environment["SHARE_SERVER_URL"] = "http://localhost:4000";
        Assert.Equal(("http://localhost:4000", "SHARE_SERVER_URL"), await ServerAsync());
        _home.Environment["SHARE_SERVER_URL"] = null;
        (await _home.RunAsync("config", "unset", "server")).Succeeded();
        Assert.Equal(("http://localhost:3000", "default"), await ServerAsync());
    }

    [Fact]
    public async Task A_key_is_never_shown_whole()
    {
        _home.Environment["SHARE_API_KEY"] = "sk-" + Secret.Password();
        Assert.DoesNotContain(_home.Environment["SHARE_API_KEY"]!, (await _home.RunAsync("config")).Succeeded());
        Assert.DoesNotContain(_home.Environment["SHARE_API_KEY"]!, (await _home.RunAsync("config", "--json")).Succeeded());
    }

    [Fact]
    public async Task Session_folders_are_shown_with_their_origin()
    {
        Assert.Contains(_home.PathOf(".claude", "projects"), (await _home.RunAsync("config")).Succeeded());
        _home.Environment["CLAUDE_CONFIG_DIR"] = _home.PathOf("other");
        Assert.Matches($@"sessions\s+{_home.PathOf("other", "projects")}\s+CLAUDE_CONFIG_DIR", (await _home.RunAsync("config")).Succeeded());
    }

    [Fact]
    public async Task An_address_that_is_none_is_not_kept()
    {
        Assert.Equal(1, (await _home.RunAsync("config", "set", "server", "parley")).ExitCode);
        Assert.Equal(("http://localhost:3000", "default"), await ServerAsync());
    }

    [Fact]
    public async Task A_damaged_file_is_named()
    {
        Directory.CreateDirectory(_home.PathOf(".config", "parley"));
        await File.WriteAllTextAsync(_home.PathOf(".config", "parley", "config.json"), "{", TestContext.Current.CancellationToken);
        Result result = await _home.RunAsync("list");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("config.json is not valid", result.Error);
    }

    public void Dispose() => _home.Dispose();

    private async Task<(string?, string?)> ServerAsync()
    {
        JsonElement server = JsonDocument.Parse((await _home.RunAsync("config", "--json")).Succeeded()).RootElement.GetProperty("server");
        return (server.GetProperty("value").GetString(), server.GetProperty("origin").GetString());
    }
}
