using System.Text.Json.Nodes;
using Xunit;

namespace Parley.EndToEnd.Tests.Command;

/// <summary>The conversation on a terminal before a share. What was agreed to is what is sent.</summary>
public sealed class ReviewTests : IAsyncDisposable
{
    private readonly Home _home = new();
    private readonly Recorder _server = new(Recorder.Created);
    private readonly string _token = Secret.GitHubToken();

    public ReviewTests()
    {
        _home.Environment["SHARE_SERVER_URL"] = _server.Address;
        _home.Environment["SHARE_API_KEY"] = "sk-test";
        new Written(_home.Sessions, _home.Project)
            .Prompt($"the-prompt {_token}").Thinking("the-thought").Tool("Bash", new JsonObject { ["command"] = "ls" }, "the-output").Answer("the-answer").Save();
    }

    [Fact]
    public async Task Yes_shares_what_was_shown()
    {
        Result result = await AnswerAsync("y\n");
        Assert.Contains("What goes out: the-prompt [REDACTED:github-token]", result.Succeeded());
        Assert.Contains($"Share it on {_server.Address}?", result.Out);
        Assert.Contains("http://localhost/s/abcdefghijkl", result.Out);
        Assert.Contains("the-answer", Assert.Single(_server.Requests));
    }

    [Fact]
    public async Task No_shares_nothing()
    {
        Result result = await AnswerAsync("n\n");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("nothing was shared", result.Out);
        Assert.Empty(_server.Requests);
    }

    [Theory]
    [InlineData("o\ny\n", "the-output")]
    [InlineData("t\ny\n", "the-thought")]
    [InlineData("e\n1 3-4\ny\n", "the-prompt the-output")]
    [InlineData("a\nthe-answer\ny\n", "the-answer")]
    public async Task What_is_left_out_in_the_conversation_is_absent_from_every_byte(string typed, string absent)
    {
        (await AnswerAsync(typed)).Succeeded();
        string sent = Assert.Single(_server.Requests);
        Assert.All(absent.Split(' '), word => Assert.DoesNotContain(word, sent));
        Assert.All("the-prompt the-thought the-output the-answer".Split(' ').Except(absent.Split(' ')), word => Assert.Contains(word, sent));
        Assert.DoesNotContain(_token, sent);
    }

    [Fact]
    public async Task What_was_left_out_can_come_back()
    {
        (await AnswerAsync("o\no\ny\n")).Succeeded();
        Assert.Contains("the-output", Assert.Single(_server.Requests));
    }

    [Fact]
    public async Task A_false_finding_can_be_kept_by_its_value()
    {
        (await AnswerAsync($"k\n{_token}\ny\n")).Succeeded();
        Assert.Contains(_token, Assert.Single(_server.Requests));
    }

    [Fact]
    public async Task A_false_finding_can_be_kept_by_its_number()
    {
        Result result = await AnswerAsync("k\n1\ny\n");
        Assert.Matches(@"1\s+github-token\s+ghp_… \(40\)", result.Succeeded());
        Assert.Contains(_token, Assert.Single(_server.Requests));
    }

    [Fact]
    public async Task Details_show_every_entry_without_its_secrets()
    {
        string shown = (await AnswerAsync("d\nn\n")).Out;
        Assert.Matches(@"1  user\s+the-prompt \[REDACTED:github-token\]", shown);
        Assert.Matches(@"5  assistant\s+the-answer", shown);
        Assert.DoesNotContain(_token, shown);
    }

    [Fact]
    public async Task Yes_beforehand_asks_nothing()
    {
        Assert.DoesNotContain("Share it on", (await _home.RunOnTerminalAsync("share", "--yes")).Succeeded());
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task The_end_of_the_input_shares_nothing()
    {
        Result result = await AnswerAsync("\u0004");
        Assert.Equal(1, result.ExitCode);
        Assert.Empty(_server.Requests);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _home.Dispose();
    }

    private Task<Result> AnswerAsync(string typed) => _home.AnswerOnTerminalAsync("Share it on", typed, "share");
}
