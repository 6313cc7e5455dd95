using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Parley.EndToEnd.Tests.Command;

public sealed class RedactTests : IDisposable
{
    private readonly Home _home = new();
    private readonly string _token = Secret.GitHubToken();
    private readonly string _password = Secret.Password();

    [Fact]
    public async Task Text_goes_through_with_its_secrets_taken_out()
    {
        Result result = await _home.RunAsync(["redact"], $"one\r\ntoken={_token} at {_home.Project}\nlast line without an end");
        string home = _home.PathOf().TrimEnd('/');
        Assert.Equal($"one\r\ntoken=[REDACTED:github-token] at ~{_home.Project[home.Length..]}\nlast line without an end", result.Succeeded());
        Assert.Empty(result.Error);
    }

    [Fact]
    public async Task Text_without_secrets_stays_as_it_is()
    {
        string text = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"line {i}: nothing to see here, ünïcödé 日本語 \t x=1\n"));
        Assert.Equal(text, (await _home.RunAsync(["redact"], text)).Succeeded());
    }

    [Fact]
    public async Task Json_lines_keep_their_number_order_and_form()
    {
        string[] lines = [$$"""{"a":"{{_token}}","n":1.50}""", "", "[1,2,  3]", $"not json {_token}", "null", $"\"{_token}\""];
        string[] redacted = (await _home.RunAsync(["redact", "--format", "jsonl"], string.Join('\n', lines))).Succeeded().Split('\n');
        Assert.Equal(
            ["""{"a":"[REDACTED:github-token]","n":1.50}""", "", "[1,2,  3]", "not json [REDACTED:github-token]", "null", "\"[REDACTED:github-token]\""],
            redacted);
    }

    [Fact]
    public async Task Records_from_stdin_know_nothing_of_each_other()
    {
        string record = new JsonObject { ["text"] = $"DB_PASSWORD={_password}" }.ToJsonString(), other = new JsonObject { ["text"] = $"see {_password}" }.ToJsonString();
        string[] redacted = (await _home.RunAsync(["redact", "--format", "jsonl"], $"{record}\n{other}\n")).Succeeded().Split('\n');
        Assert.DoesNotContain(_password, redacted[0]);
        Assert.Equal(other, redacted[1]);
    }

    [Theory]
    [InlineData("jsonl")]
    [InlineData("txt")]
    public async Task A_value_that_a_file_gives_away_at_its_end_is_taken_out_at_its_beginning(string ending)
    {
        string path = _home.PathOf("file." + ending);
        string[] texts = [$"see {_password}", $"DB_PASSWORD={_password}"];
        await File.WriteAllLinesAsync(path, ending == "jsonl" ? texts.Select(t => JsonValue.Create(t).ToJsonString()) : texts, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(_password, (await _home.RunAsync("redact", path)).Succeeded());
    }

    [Fact]
    public async Task A_private_key_that_arrives_in_pieces_is_taken_out_whole()
    {
        using Process process = _home.Start("redact");
        string dashes = new('-', 5), body = Convert.ToBase64String(RandomNumberGenerator.GetBytes(48));
        await process.StandardInput.WriteAsync($"before\n{dashes}BEGIN RSA PRIVATE KEY{dashes}\n{body}\n");
        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal("before", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        await process.StandardInput.WriteAsync($"{body}\n{dashes}END RSA PRIVATE KEY{dashes}\nafter\n");
        process.StandardInput.Close();
        Result result = await Home.EndAsync(process);
        Assert.DoesNotContain(body[..16], result.Succeeded());
        Assert.EndsWith("after\n", result.Out);
    }

    [Fact]
    public async Task A_line_passes_while_the_input_is_still_open()
    {
        using Process process = _home.Start("redact");
        await process.StandardInput.WriteAsync($"now {_token}\n");
        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal("now [REDACTED:github-token]", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_reader_that_goes_away_ends_the_filter_quietly()
    {
        using Process process = _home.Start("redact");
        await process.StandardInput.WriteAsync("first\n");
        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        process.StandardOutput.Close();
        await process.StandardInput.WriteAsync("second\n");
        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal("", await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task The_report_names_rule_line_and_masked_value()
    {
        Result table = await _home.RunAsync(["redact", "--report"], $"a\nb\ntoken {_token}\n");
        Assert.Matches(@"github-token\s+line 3\s+ghp_… \(40\)", table.Error);
        Assert.DoesNotContain(_token, table.Error);
        Result json = await _home.RunAsync(["redact", "--report", "--json"], $"a\nb\ntoken {_token}\n");
        JsonElement report = JsonDocument.Parse(json.Error).RootElement;
        Assert.Equal(1, report.GetProperty("redactions").GetProperty("github-token").GetInt32());
        Assert.Equal("line 3", report.GetProperty("findings")[0].GetProperty("place").GetString());
    }

    [Fact]
    public async Task A_missing_file_is_a_sentence()
    {
        Result result = await _home.RunAsync("redact", "nowhere.txt");
        Assert.Equal((1, "", "parley: there is no file nowhere.txt.\n"), (result.ExitCode, result.Out, result.Error));
    }

    public void Dispose() => _home.Dispose();
}
