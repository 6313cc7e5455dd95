using System.Text.Json.Nodes;
using Parley.Tests;
using Xunit;

namespace Parley.EndToEnd.Tests.Command;

/// <summary>What is in the bytes that leave the machine, and what is not.</summary>
public sealed class WireTests : IAsyncDisposable
{
    private readonly Home _home = new();
    private readonly Recorder _server = new(Recorder.Created);

    public WireTests()
    {
        _home.Environment["SHARE_SERVER_URL"] = _server.Address;
        _home.Environment["SHARE_API_KEY"] = "sk-test";
    }

    [Fact]
    public async Task No_secret_and_no_personal_path_is_on_the_wire()
    {
        string token = Secret.GitHubToken(), password = Secret.Password();
        New()
            .Prompt($"Deploy from {_home.Project}/deploy with {token}")
            .Tool("Bash", new JsonObject { ["command"] = "cat .env" }, $"DB_PASSWORD={password}\nHOME={_home.PathOf()}\n")
            .Answer($"The password is {password}, escaped \\\"{token}\\\".")
            .Title($"Deploy with {token}")
            .Save();
        string sent = await SentAsync();
        Assert.All([token, password, _home.PathOf(), Path.GetFileName(_home.PathOf().TrimEnd('/'))], secret => Assert.DoesNotContain(secret, sent));
        Assert.Contains("Deploy from ./deploy with [REDACTED:github-token]", sent);
        Assert.Contains("The password is [REDACTED:password]", sent);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(64)]
    [InlineData(76)]
    [InlineData(170)]
    [InlineData(190)]
    public async Task A_title_made_of_the_first_prompt_keeps_no_half_of_a_token_that_its_cut_goes_through(int before)
    {
        string token = Secret.GitHubToken();
        New().Prompt($"{string.Concat(Enumerable.Repeat("so ", before / 3))}deploy {token} now").Answer("Done.").Save();
        Assert.DoesNotContain(token[..8], await SentAsync());
    }

    [Fact]
    public async Task The_tokens_of_a_real_session_are_gone()
    {
        string[] names = ["gh_pat", "gh_fine", "gitlab", "anthropic", "openai", "stripe", "slack", "google", "npm", "jwt"];
        string[] tokens = [.. names.Select(name => Corpus.Secrets()[name])];
        string transcript = await File.ReadAllTextAsync(Corpus.Session("16-secrets"), TestContext.Current.CancellationToken);
        Assert.All(tokens, token => Assert.Contains(token, transcript));
        string sent = await SentAsync(Corpus.Session("16-secrets"));
        Assert.All(tokens, token => Assert.DoesNotContain(token, sent));
        Assert.DoesNotContain("/home/jane.doe", sent);
    }

    [Theory]
    [InlineData("--no-thinking", "secret-thought", "the-answer the-output the-prompt")]
    [InlineData("--no-tool-results", "the-output", "the-answer secret-thought the-prompt")]
    [InlineData("--from 3", "the-prompt secret-thought", "the-answer the-output")]
    public async Task What_is_left_out_is_absent_from_every_byte(string options, string absent, string present)
    {
        New().Prompt("the-prompt").Thinking("secret-thought").Tool("Bash", new JsonObject { ["command"] = "ls" }, "the-output").Answer("the-answer").Save();
        string sent = await SentAsync(options.Split(' '));
        Assert.All(absent.Split(' '), word => Assert.DoesNotContain(word, sent));
        Assert.All(present.Split(' '), word => Assert.Contains(word, sent));
    }

    [Fact]
    public async Task A_value_that_only_the_left_out_part_gives_away_is_redacted_all_the_same()
    {
        string password = Secret.Password();
        New().Prompt($"What is {password}?").Tool("Bash", new JsonObject { ["command"] = "env" }, $"DB_PASSWORD={password}").Save();
        Assert.DoesNotContain(password, await SentAsync("--no-tool-results"));
    }

    [Theory]
    [InlineData("<bash-stdout>own-output</bash-stdout><bash-stderr>own-errors</bash-stderr>")]
    [InlineData("<local-command-stdout>own-output </local-command-stdout> own-errors")]
    public async Task What_commands_of_the_person_put_out_is_tool_output_too(string text)
    {
        New().Prompt("<bash-input>the-command</bash-input>").Prompt(text).Save();
        string sent = await SentAsync("--no-tool-results");
        Assert.Contains("the-command", sent);
        Assert.Contains("stdout>[left out by the author]<", sent.Replace("\\u003C", "<").Replace("\\u003E", ">"));
        Assert.All(["own-output", "own-errors"], absent => Assert.DoesNotContain(absent, sent));
    }

    [Theory]
    [InlineData("/home/jane.doe/code/x", "/home/jane.doe/.zshrc ~/.claude/projects/-home-jane-doe-code-x jane.doe@acme.example feature/jane.doe-fix")]
    [InlineData("/Users/jane.doe/code/x", "/Users/jane.doe/.zshrc ~/.claude/projects/-Users-jane-doe-code-x jane.doe@acme.example feature/jane.doe-fix")]
    [InlineData(@"C:\Users\jane.doe\code\x", @"C:\Users\jane.doe\.zshrc ~\.claude\projects\C--Users-jane-doe-code-x jane.doe@acme.example feature/jane.doe-fix")]
    public async Task A_transcript_of_another_machine_does_not_name_its_owner(string folder, string text)
    {
        Written foreign = new Written(_home.PathOf(), folder).Prompt(text).Save();
        string sent = await SentAsync(foreign.File);
        Assert.All(["jane", "doe"], name => Assert.DoesNotContain(name, sent));
        Assert.Contains("user@acme.example feature/user-fix", sent);
    }

    [Fact]
    public async Task What_subagents_said_is_tool_output_too()
    {
        Assert.Contains("\"thread\":", await SentAsync(Corpus.Session("09-subagents")));
        _server.Requests.Clear();
        Assert.DoesNotContain("\"thread\":", await SentAsync(Corpus.Session("09-subagents"), "--no-tool-results"));
    }

    [Fact]
    public async Task A_title_that_tells_of_the_left_out_beginning_stays_behind()
    {
        New().Prompt("secret-plan").Answer("yes").Prompt("harmless question").Title("About the secret-plan").Save();
        string sent = await SentAsync("--from", "2");
        Assert.DoesNotContain("secret-plan", sent);
        Assert.Contains("\"title\":\"harmless question\"", sent);
    }

    [Fact]
    public async Task Long_tool_output_is_cut_after_redaction()
    {
        string token = Secret.GitHubToken();
        string output = new string('a', 480) + " " + token + " " + new string('b', 20_000);
        New().Tool("Bash", new JsonObject { ["command"] = "x" }, output).Save();
        string sent = await SentAsync();
        Assert.Contains("[truncated: ", sent);
        Assert.DoesNotContain(token[..12], sent);
    }

    [Fact]
    public async Task The_key_and_the_terms_go_along()
    {
        New().Prompt("x").Save();
        string sent = await SentAsync("--expires", "2h", "--private");
        Assert.StartsWith("POST /api/sessions?expires_in=7200&private=true\n", sent);
        Assert.Contains("Authorization: Bearer sk-test", sent);
        Assert.Contains("Content-Type: application/vnd.parley.bundle+jsonl", sent);
        Assert.Contains("Transfer-Encoding: chunked", sent);
    }

    [Fact]
    public async Task What_the_server_still_found_is_added_to_the_counts()
    {
        New().Prompt($"x {Secret.GitHubToken()}").Title("t").Save();
        Result result = await _home.RunAsync("share", "--json");
        Assert.Contains("\"redactions\":{\"from-server\":2,\"github-token\":1}", result.Succeeded());
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _home.Dispose();
    }

    private Written New() => new(_home.Sessions, _home.Project);

    private async Task<string> SentAsync(params string[] arguments)
    {
        (await _home.RunAsync(["share", .. arguments])).Succeeded();
        return Assert.Single(_server.Requests);
    }
}
