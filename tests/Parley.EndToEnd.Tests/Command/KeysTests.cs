using System.Text.Json;
using Xunit;

namespace Parley.EndToEnd.Tests.Command;

public sealed class KeysTests(RunningServer server) : IClassFixture<RunningServer>, IDisposable
{
    private readonly Home _home = server.NewHome();

    [Fact]
    public async Task A_key_is_printed_once_and_alone_works_and_can_be_revoked()
    {
        Result made = await _home.RunAsync("keys", "create", "laptop");
        Assert.Matches(@"^sk-[A-Za-z0-9_-]+\n$", made.Succeeded());
        string id = await IdOfAsync("laptop");

        using Home laptop = server.NewHome();
        laptop.Environment["SHARE_API_KEY"] = made.Out.Trim();
        (await laptop.RunAsync("list")).Succeeded();
        Assert.DoesNotContain(made.Out.Trim(), (await _home.RunAsync("keys", "list", "--json")).Out);

        (await _home.RunAsync("keys", "revoke", id)).Succeeded();
        Result refused = await laptop.RunAsync("list");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("does not accept the API key from SHARE_API_KEY", refused.Error);
    }

    [Fact]
    public async Task A_key_that_is_not_there_cannot_be_revoked()
    {
        Result result = await _home.RunAsync("keys", "revoke", "123456");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("parley keys list", result.Error);
    }

    [Fact]
    public async Task Where_no_server_runs_its_program_makes_the_key()
    {
        using var alone = new Home();
        alone.Environment["SHARE_SERVER_URL"] = "http://localhost:1";
        Assert.Matches(@"^sk-[A-Za-z0-9_-]+\n$", (await alone.RunAsync("keys", "create", "first")).Succeeded());
    }

    public void Dispose() => _home.Dispose();

    private async Task<string> IdOfAsync(string name) =>
        JsonDocument.Parse((await _home.RunAsync("keys", "list", "--json")).Succeeded()).RootElement.EnumerateArray()
            .Single(k => k.GetProperty("name").GetString() == name).GetProperty("id").ToString();
}
