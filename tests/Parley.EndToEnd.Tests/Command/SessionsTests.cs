using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Parley.EndToEnd.Tests.Command;

public sealed class SessionsTests : IDisposable
{
    private readonly Home _home = new();

    [Fact]
    public async Task Sessions_are_listed_newest_first_with_a_number()
    {
        New().Prompt("The older one").Answer("yes").Save(minutesOld: 60);
        New().Prompt("The newer one").Answer("yes").Save();
        string[] lines = (await _home.RunAsync("sessions")).Succeeded().TrimEnd().Split('\n');
        Assert.Matches(@"^#\s+TITLE\s+PROJECT\s+BRANCH\s+MESSAGES\s+MODIFIED", lines[0].TrimStart());
        Assert.Matches(@"^1\s+The newer one\s+tidewatch\s+main\s+2\s", lines[1].TrimStart());
        Assert.Matches(@"^2\s+The older one\s+tidewatch\s+main\s+2\s", lines[2].TrimStart());
    }

    [Fact]
    public async Task Json_has_the_documented_members_in_order()
    {
        Written session = New().Prompt("Hello").Answer("Hi").Title("Greeting").Save();
        using JsonDocument json = JsonDocument.Parse((await _home.RunAsync("sessions", "--json")).Succeeded());
        JsonElement one = Assert.Single(json.RootElement.EnumerateArray());
        Assert.Equal(
            ["sessionId", "path", "title", "firstPrompt", "project", "gitBranch", "messageCount", "created", "modified", "isSidechain", "agent"],
            one.EnumerateObject().Select(p => p.Name));
        Assert.Equal(session.Id, one.GetProperty("sessionId").GetString());
        Assert.Equal(session.File, one.GetProperty("path").GetString());
        Assert.Equal("Greeting", one.GetProperty("title").GetString());
        Assert.Equal("Hello", one.GetProperty("firstPrompt").GetString());
        Assert.Equal("main", one.GetProperty("gitBranch").GetString());
        Assert.Equal(2, one.GetProperty("messageCount").GetInt32());
        Assert.Equal("2026-02-26T18:00:00.000Z", one.GetProperty("created").GetString());
        Assert.False(one.GetProperty("isSidechain").GetBoolean());
    }

    [Fact]
    public async Task No_sessions_is_an_empty_array_and_a_sentence()
    {
        Assert.Equal("[]", (await _home.RunAsync("sessions", "--json")).Succeeded().Trim());
        Result table = await _home.RunAsync("sessions");
        Assert.Empty(table.Succeeded());
        Assert.Contains("no sessions", table.Error);
    }

    [Fact]
    public async Task A_title_cannot_command_the_terminal()
    {
        New().Prompt("x").Title("\u001b]0;owned\u0007\u001b[2Jplain \u202ereversed\r\nsecond line 日本語 👩‍👩‍👧").Save();
        string table = (await _home.RunAsync("sessions")).Succeeded();
        Assert.DoesNotMatch(@"[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]", table);
        Assert.Contains("plain reversed second line 日本語", table);
        Assert.Equal(2, table.TrimEnd().Split('\n').Length);
    }

    [Fact]
    public async Task A_terminal_gets_rows_of_its_width_and_a_pipe_gets_whole_titles()
    {
        string title = string.Concat(Enumerable.Repeat("潮汐表 ", 40)).TrimEnd();
        New().Prompt("x").Title(title).Save();
        Assert.Contains(title, (await _home.RunAsync("sessions")).Succeeded());
        _home.Environment["COLUMNS"] = "60";
        string[] rows = Regex.Replace((await _home.RunOnTerminalAsync("sessions")).Succeeded(), @"\x1b\[[0-9;]*m", "").TrimEnd().Split("\r\n");
        Assert.EndsWith("…", rows[1].Split("  ")[1].Trim());
        Assert.All(rows, row => Assert.True(row.Length + row.Count(c => c >= 0x2E80) <= 60, row));
    }

    [Fact]
    public async Task No_color_means_none()
    {
        New().Prompt("x").Save();
        Assert.Contains("\u001b[1m", (await _home.RunOnTerminalAsync("sessions")).Out);
        _home.Environment["NO_COLOR"] = "1";
        Assert.DoesNotMatch(@"\x1b\[[0-9;]*m", (await _home.RunOnTerminalAsync("sessions")).Out);
    }

    public void Dispose() => _home.Dispose();

    private Written New() => new(_home.Sessions, _home.Project);
}
