using System.Text.Json;
using Parley.Core.Credentials;
using Xunit;

namespace Parley.Core.Tests.Credentials;

public sealed class CredentialsFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-credentials-");

    private string FilePath => Path.Combine(_folder.FullName, "config", "credentials.json");

    private CredentialsFile Credentials => new(FilePath);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Without_a_file_there_is_no_key() => Assert.Null(Credentials.FindKey("http://localhost:3000"));

    [Fact]
    public void A_key_is_found_again_and_others_stay()
    {
        Credentials.SetKey("http://localhost:3000", "sk-one");
        Credentials.SetKey("https://example.org/parley", "sk-two");
        Credentials.SetKey("http://localhost:3000", "sk-three");

        Assert.Equal("sk-three", Credentials.FindKey("http://localhost:3000"));
        Assert.Equal("sk-two", Credentials.FindKey("https://example.org/parley"));
        Assert.Null(Credentials.FindKey("http://localhost:4000"));
    }

    [Fact]
    public void The_form_is_the_documented_one_and_unknown_members_are_kept()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        File.WriteAllText(FilePath, """{"later":[1],"servers":{"http://a:1":"sk-a"}}""");

        Credentials.SetKey("http://127.0.0.1:3000/", "sk-b");

        JsonElement root = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(FilePath));
        Assert.Equal(1, root.GetProperty("later")[0].GetInt32());
        Assert.Equal("sk-a", root.GetProperty("servers").GetProperty("http://a:1").GetString());
        Assert.Equal("sk-b", root.GetProperty("servers").GetProperty("http://localhost:3000").GetString());
    }

    [Theory]
    [InlineData("http://127.0.0.1:3000")]
    [InlineData("http://[::1]:3000/")]
    [InlineData("HTTP://LOCALHOST:3000")]
    public void The_names_of_loopback_are_one(string other)
    {
        Credentials.SetKey("http://localhost:3000", "sk-one");

        Assert.Equal("sk-one", Credentials.FindKey(other));
    }

    [Theory]
    [InlineData("https://Example.org:443/Parley/", "https://example.org/Parley")]
    [InlineData("http://localhost", "http://localhost")]
    [InlineData("not an address", "not an address")]
    public void A_server_has_one_spelling(string server, string name) => Assert.Equal(name, ServerName.Of(server));

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void Only_its_owner_can_read_it_even_when_it_was_open_before()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Windows has no modes.");
        Credentials.SetKey("http://a:1", "sk-a");
        File.SetUnixFileMode(FilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        Credentials.SetKey("http://b:1", "sk-b");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(FilePath)!));
    }

    [Fact]
    public async Task Whoever_reads_while_it_is_written_sees_the_old_or_the_new_file_whole()
    {
        Credentials.SetKey("http://a:1", "sk-0");
        using var stop = new CancellationTokenSource();
        Task writing = Task.Run(() =>
        {
            for (int i = 1; !stop.IsCancellationRequested; i++)
                Credentials.SetKey("http://a:1", $"sk-{i}");
        });

        for (int i = 0; i < 200; i++)
            Assert.StartsWith("sk-", Credentials.FindKey("http://a:1"), StringComparison.Ordinal);

        await stop.CancelAsync();
        await writing;
        Assert.Equal(["credentials.json"], Directory.GetFiles(Path.GetDirectoryName(FilePath)!).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"servers":{},"servers":{}}""")]
    public void A_damaged_file_is_named_and_left_alone(string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        File.WriteAllText(FilePath, content);

        Assert.Contains(FilePath, Assert.Throws<CredentialsException>(() => Credentials.FindKey("http://a:1")).Message, StringComparison.Ordinal);
        Assert.Contains("Repair or delete it", Assert.Throws<CredentialsException>(() => Credentials.SetKey("http://a:1", "sk-a")).Message, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(FilePath));
    }

    [Fact]
    public void A_place_that_can_not_be_written_is_named() =>
        Assert.Contains("/dev/null/x", Assert.Throws<CredentialsException>(() => new CredentialsFile("/dev/null/x").SetKey("http://a:1", "sk-a")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("/own/file.json", "/xdg", "/own/file.json")]
    [InlineData(null, "/xdg", "/xdg/parley/credentials.json")]
    [InlineData(null, null, "/home/ada/.config/parley/credentials.json")]
    [InlineData("", "", "/home/ada/.config/parley/credentials.json")]
    public void Its_place_follows_the_environment(string? own, string? xdg, string expected)
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Windows has its own places.");
        var variables = new Dictionary<string, string?> { ["PARLEY_CREDENTIALS"] = own, ["XDG_CONFIG_HOME"] = xdg, ["HOME"] = "/home/ada" };

        Assert.Equal(expected, CredentialsFile.DefaultPath(variables.GetValueOrDefault));
    }
}
