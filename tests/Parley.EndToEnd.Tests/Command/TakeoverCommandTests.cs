using System.Diagnostics;
using System.Text.Json;
using Parley.Tests;
using Xunit;

namespace Parley.EndToEnd.Tests.Command;

/// <summary>Taking shared sessions and sessions in files over, and reading them without: pull, import, open.</summary>
public sealed class TakeoverCommandTests(RunningServer server) : IClassFixture<RunningServer>, IDisposable
{
    private readonly Home _author = server.NewHome();
    private readonly Home _reader = NewReader();

    public void Dispose()
    {
        _author.Dispose();
        _reader.Dispose();
    }

    [Fact]
    public async Task A_public_link_becomes_a_session_of_this_folder()
    {
        string link = await ShareAsync("How high is the tide?");
        Result pulled = await _reader.RunAsync("pull", link);
        string id = Path.GetFileNameWithoutExtension(Assert.Single(Directory.GetFiles(_reader.Sessions)));
        Assert.Equal($"claude --resume {id}\n", pulled.Succeeded());
        Assert.Equal($"installed as {id}\n", pulled.Error);
        Assert.Contains("How high is the tide?", (await _reader.RunAsync("export", id)).Succeeded());
        Assert.Contains("here already", (await _reader.RunAsync("pull", link)).Error);
        Assert.Single(Directory.GetFiles(_reader.Sessions));
    }

    [Fact]
    public async Task Into_another_project_the_command_leads_there()
    {
        string project = Directory.CreateDirectory(_reader.PathOf("their shop")).FullName;
        Result pulled = await _reader.RunAsync("pull", await ShareAsync("x"), "--into", project);
        Assert.StartsWith($"cd '{project}' && claude --resume ", pulled.Succeeded());
        Result nowhere = await _reader.RunAsync("pull", await ShareAsync("x"), "--into", _reader.PathOf("nowhere"));
        Assert.Equal(1, nowhere.ExitCode);
        Assert.Contains("there is no folder", nowhere.Error);
    }

    [Fact]
    public async Task Scripts_are_told_what_was_installed()
    {
        JsonElement report = JsonDocument.Parse((await _reader.RunAsync("pull", await ShareAsync("x"), "--json")).Succeeded()).RootElement;
        JsonElement installed = Assert.Single(report.GetProperty("installed").EnumerateArray());
        Assert.Equal(Path.Combine(_reader.Sessions, installed.GetProperty("sessionId").GetString() + ".jsonl"), installed.GetProperty("path").GetString());
        Assert.Equal("installed", installed.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task A_token_or_the_own_key_opens_a_private_session()
    {
        string url = await ShareAsync("only with a token", "--private");
        string token = (await _author.RunAsync("tokens", "create", url)).Succeeded().Trim();
        Assert.Contains("there is nothing to read at the link", (await _reader.RunAsync("pull", url)).Error);
        (await _reader.RunAsync("pull", token)).Succeeded();
        (await _author.RunAsync("pull", url.Split('/')[^1])).Succeeded();
        Assert.Contains("only with a token", (await _reader.RunAsync("export")).Succeeded());
        Assert.DoesNotContain("clw_share_", ReadAll(_reader.Sessions));
    }

    [Fact]
    public async Task A_link_that_was_taken_back_brings_nothing()
    {
        string link = await ShareAsync("x");
        (await _author.RunAsync("revoke", link)).Succeeded();
        Result pulled = await _reader.RunAsync("pull", link);
        Assert.Equal(1, pulled.ExitCode);
        Assert.Equal($"parley: there is nothing to read at the link {link}: it was taken back, it has expired, or it never was a session's.\n", pulled.Error);
        Assert.Empty(Directory.GetFileSystemEntries(_reader.Sessions));
    }

    [Fact]
    public async Task A_session_that_was_pulled_says_where_it_came_from_when_it_is_shared_again()
    {
        string link = await ShareAsync("How high is the tide?");
        (await _reader.RunAsync("pull", link)).Succeeded();
        string again = await ReshareAsync();
        Assert.Contains($"Taken over from <a href=\"{link}\"", await PageAsync(again));
        Assert.Contains($"\"link\":\"{link}\"", await BundleAsync(again));
    }

    [Fact]
    public async Task A_session_that_came_by_a_token_says_no_more_than_that_it_was_taken_over()
    {
        string token = (await _author.RunAsync("tokens", "create", await ShareAsync("x", "--private"))).Succeeded().Trim();
        (await _reader.RunAsync("pull", token)).Succeeded();
        string again = await ReshareAsync();
        Assert.Contains("Taken over from another machine", await PageAsync(again));
        Assert.DoesNotContain("clw_share_", await BundleAsync(again));
    }

    [Theory]
    [InlineData("session.jsonl")]
    [InlineData("session.json")]
    public async Task An_export_is_imported(string name)
    {
        new Written(_author.Sessions, _author.Project).Prompt("How high is the tide?").Answer("Two metres.").Save();
        string file = _author.PathOf(name);
        (await _author.RunAsync("export", "-o", file)).Succeeded();
        (await _reader.RunAsync("import", file)).Succeeded();
        Assert.Contains("Two metres.", (await _reader.RunAsync("export")).Succeeded());
    }

    [Fact]
    public async Task A_transcript_is_imported_with_its_paths_mapped()
    {
        Written written = new Written(_author.Sessions, _author.Project).Prompt($"Look at {_author.Project}/tides.c").Answer("Fine.").Save();
        string id = Path.GetFileNameWithoutExtension(written.File);
        Assert.Equal($"claude --resume {id}\n", (await _reader.RunAsync("import", written.File)).Succeeded());
        Assert.Contains($"Look at {_reader.Project}/tides.c", ReadAll(_reader.Sessions));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no session")]
    [InlineData("{\"parley\":1,\"title\":\"cut off\",\"project\":\"\"}\n{\"role\":\"user\",\"blocks\":[]}\n")]
    [InlineData("{\"parley\":1,\"title\":\"nothing\",\"project\":\"\",\"sourceId\":\"../../../x\"}\n{\"entries\":0}\n")]
    public async Task What_is_no_session_is_refused_and_nothing_is_left(string content)
    {
        string file = _reader.PathOf("file.jsonl");
        await File.WriteAllTextAsync(file, content);
        Result imported = await _reader.RunAsync("import", file);
        Assert.Equal(1, imported.ExitCode);
        Assert.StartsWith("parley: ", imported.Error);
        Assert.Empty(Directory.GetFileSystemEntries(_reader.Sessions));
        Assert.Empty(Directory.GetFileSystemEntries(_reader.PathOf(".local", "state", "parley", "arriving")));
    }

    [Fact]
    public async Task Killed_while_it_installs_it_leaves_nothing_that_a_client_sees()
    {
        string file = _reader.PathOf($"{Guid.NewGuid()}.jsonl");
        LargeTranscript.Write(file, 32 * 1024 * 1024);
        using (Process import = _reader.Start("import", file))
        {
            while (!import.HasExited && Directory.GetDirectories(_reader.Sessions, ".parley-*").Length == 0)
                await Task.Yield();
            import.Kill();
            await import.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        Assert.Empty(Directory.GetFiles(_reader.Sessions));
        (await _reader.RunAsync("import", file)).Succeeded();
        Assert.Equal([Path.GetFileName(file)], Directory.GetFileSystemEntries(_reader.Sessions).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Resume_runs_the_client_in_the_project_with_its_exit_code()
    {
        // The client's stand-in is a shell script.
        if (OperatingSystem.IsWindows())
            return;
        string bin = Directory.CreateDirectory(_reader.PathOf("bin")).FullName, claude = Path.Combine(bin, "claude"), project = Directory.CreateDirectory(_reader.PathOf("shop")).FullName;
        await File.WriteAllTextAsync(claude, "#!/bin/sh\necho \"$(pwd) $* ${CLAUDE_CODE_CHILD_SESSION:-alone}\"\nexit 7\n");
        File.SetUnixFileMode(claude, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        _reader.Environment["PATH"] = $"{bin}:{Environment.GetEnvironmentVariable("PATH")}";
        _reader.Environment["CLAUDE_CODE_CHILD_SESSION"] = "1";
        Result resumed = await _reader.RunAsync("pull", await ShareAsync("x"), "--into", project, "--resume");
        Assert.Equal(7, resumed.ExitCode);
        Assert.Matches($"^{project} --resume [0-9a-f-]{{36}} alone\n$", resumed.Out);
    }

    [Fact]
    public async Task Without_the_client_resume_says_what_to_run()
    {
        _reader.Environment["PATH"] = Path.GetDirectoryName(PathOf("dotnet"));
        Result resumed = await _reader.RunAsync("pull", await ShareAsync("x"), "--resume");
        Assert.Equal(1, resumed.ExitCode);
        Assert.Contains("`claude` is not on the PATH", resumed.Error);
        Assert.Contains("claude --resume ", resumed.Error);
    }

    [Fact]
    public async Task A_key_goes_to_its_own_server_alone()
    {
        await using var other = new Recorder(Recorder.Answer.Problem(404, "There is no such session."));
        _author.Environment["SHARE_API_KEY"] = "sk-" + "of-another-server";
        await _author.RunAsync("pull", $"{other.Address}/s/4fK9xQ2mZp1a");
        string request = Assert.Single(other.Requests);
        Assert.StartsWith("GET /api/sessions/4fK9xQ2mZp1a/bundle\n", request);
        Assert.DoesNotContain("Authorization", request);
    }

    [Fact]
    public async Task A_session_of_another_server_and_one_in_a_file_are_read_on_a_page_of_this_machine()
    {
        string link = await ShareAsync("How high is the tide?");
        string page = (await _reader.RunAsync("open", link)).Succeeded().Trim();
        Assert.Contains("How high is the tide?", await File.ReadAllTextAsync(page));
        Assert.Contains("default-src 'none'", await File.ReadAllTextAsync(page));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(page));
        Written written = new Written(_reader.Sessions, _reader.Project).Prompt("in a file").Save();
        Assert.Contains("in a file", await File.ReadAllTextAsync((await _reader.RunAsync("open", written.File)).Succeeded().Trim()));
    }

    private static Home NewReader()
    {
        var home = new Home();
        // No server of its own: what it reads is elsewhere.
        home.Environment["SHARE_SERVER_URL"] = "http://127.0.0.1:9";
        return home;
    }

    private async Task<string> ShareAsync(string prompt, params string[] options)
    {
        new Written(_author.Sessions, _author.Project).Prompt(prompt).Answer("Two metres.").Save();
        return (await _author.RunAsync(["share", "--yes", .. options])).Succeeded().Trim();
    }

    private async Task<string> ReshareAsync()
    {
        _reader.Environment["SHARE_SERVER_URL"] = server.Address;
        _reader.Environment["SHARE_API_KEY"] = server.Key;
        return (await _reader.RunAsync("share", "--yes")).Succeeded().Trim();
    }

    private async Task<string> PageAsync(string link) => await (await server.GetAsync(new Uri(link).AbsolutePath)).Content.ReadAsStringAsync();

    private async Task<string> BundleAsync(string link) => await (await server.GetAsync($"/api/sessions/{link.Split('/')[^1]}/bundle")).Content.ReadAsStringAsync();

    private static string ReadAll(string folder) => string.Concat(Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(File.ReadAllText));

    private static string PathOf(string name) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)).First(File.Exists);
}
