using System.Text.Json;
using Xunit;

namespace Parley.EndToEnd.Tests.Command;

public sealed class SessionChoiceTests : IDisposable
{
    private readonly Home _home = new();
    private readonly Written _tides;
    private readonly Written _moons;

    public SessionChoiceTests()
    {
        _tides = new Written(_home.Sessions, _home.Project) { Id = "aaaa1111-0000-4000-8000-000000000001" }.Prompt("Fix the tides").Save();
        _moons = new Written(Directory.CreateDirectory(_home.PathOf(".claude", "projects", "elsewhere")).FullName, _home.PathOf("elsewhere")) { Id = "aaaa2222-0000-4000-8000-000000000002" }
            .Prompt("Count the moons").Title("Moons of Jupiter").Save(minutesOld: 5);
    }

    [Theory]
    [InlineData("2")]
    [InlineData("aaaa2222-0000-4000-8000-000000000002")]
    [InlineData("aaaa2")]
    [InlineData("Moons of Jupiter")]
    [InlineData("moons")]
    public async Task A_session_is_named_by_number_id_or_title(string name) => Assert.Equal(_moons.Id, await ChosenAsync(name));

    [Fact]
    public async Task A_session_is_named_by_its_path() => Assert.Equal(_moons.Id, await ChosenAsync(_moons.File));

    [Fact]
    public async Task Without_a_name_it_is_the_newest_of_this_folder() => Assert.Equal(_tides.Id, await ChosenAsync());

    [Fact]
    public async Task In_a_subfolder_of_the_repository_it_is_the_repositorys()
    {
        Directory.CreateDirectory(Path.Combine(_home.Project, ".git"));
        string folder = Directory.CreateDirectory(Path.Combine(_home.Project, "src", "deep")).FullName;
        Assert.Equal(_tides.Id, await ChosenAsync(folder, []));
    }

    [Fact]
    public async Task Within_the_client_it_is_the_clients_own_session()
    {
        _home.Environment["CLAUDE_CODE_SESSION_ID"] = _moons.Id;
        Assert.Equal(_moons.Id, await ChosenAsync());
    }

    [Fact]
    public async Task A_name_that_can_mean_several_lists_them()
    {
        Result result = await _home.RunAsync("export", "aaaa");
        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Out);
        Assert.Contains("can mean 2 sessions", result.Error);
        Assert.Contains($"1  {_tides.Id}  Fix the tides", result.Error);
        Assert.Contains($"2  {_moons.Id}  Moons of Jupiter", result.Error);
    }

    [Theory]
    [InlineData("zzzz", "parley sessions")]
    [InlineData("99", "parley sessions")]
    [InlineData("nowhere/x.jsonl", "there is no file nowhere/x.jsonl")]
    public async Task A_name_that_means_nothing_says_what_to_do(string name, string hint)
    {
        Result result = await _home.RunAsync("export", name);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(hint, result.Error);
    }

    [Fact]
    public async Task A_folder_without_a_session_says_so()
    {
        File.Delete(_tides.File);
        Result result = await _home.RunAsync("export");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"no session was held in {_home.Project}", result.Error);
    }

    [Fact]
    public async Task A_file_that_is_no_transcript_is_refused()
    {
        string path = _home.PathOf("notes.txt");
        await File.WriteAllTextAsync(path, "just notes\n", TestContext.Current.CancellationToken);
        Result result = await _home.RunAsync("export", path);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("is not a transcript", result.Error);
    }

    public void Dispose() => _home.Dispose();

    private Task<string?> ChosenAsync(params string[] name) => ChosenAsync(_home.Project, name);

    private async Task<string?> ChosenAsync(string folder, string[] name)
    {
        _home.CurrentFolder = folder;
        string header = (await _home.RunAsync(["export", .. name, "--format", "jsonl"])).Succeeded().Split('\n')[0];
        return JsonDocument.Parse(header).RootElement.GetProperty("sourceId").GetString();
    }
}
