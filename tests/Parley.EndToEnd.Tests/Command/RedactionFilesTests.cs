using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Parley.EndToEnd.Tests.Command;

/// <summary>The user's and the project's own rules, in what the command sends, shows and writes.</summary>
public sealed class RedactionFilesTests : IAsyncDisposable
{
    private readonly Home _home = new();
    private readonly Recorder _server = new(Recorder.Created);
    private readonly string _allowed = Secret.GitHubToken();
    private readonly string _token = Secret.GitHubToken();

    public RedactionFilesTests()
    {
        _home.Environment["SHARE_SERVER_URL"] = _server.Address;
        _home.Environment["SHARE_API_KEY"] = "sk-test";
        new Written(_home.Sessions, _home.Project).Prompt(Text).Answer("the-answer").Save();
    }

    private string Text => $"ACME-1234 for Nightingale with {_allowed} and {_token}";

    private string Redacted => $"[REDACTED:acme-id] for [REDACTED:own-value] with {_allowed} and [REDACTED:github-token]";

    private string OfUser => _home.PathOf(".config", "parley", "redaction.json");

    private string OfProject => Path.Combine(_home.Project, ".parley", "redaction.json");

    [Fact]
    public async Task A_share_sends_what_both_files_leave_of_it()
    {
        WriteBoth();
        (await _home.RunAsync("share")).Succeeded();
        string sent = Assert.Single(_server.Requests);
        Assert.Contains(Redacted, sent);
        Assert.All(["ACME-1234", "Nightingale", _token], absent => Assert.DoesNotContain(absent, sent));
    }

    [Fact]
    public async Task The_project_of_a_session_counts_wherever_the_command_runs()
    {
        WriteBoth();
        _home.CurrentFolder = _home.PathOf();
        Assert.Contains(Redacted, (await _home.RunAsync("export", "1", "--format", "json")).Succeeded());
    }

    [Fact]
    public async Task A_preview_shows_what_the_files_ask_for()
    {
        WriteBoth();
        string preview = (await _home.RunAsync("share", "--preview", "--json")).Succeeded();
        JsonElement findings = JsonDocument.Parse(preview).RootElement.GetProperty("findings");
        IEnumerable<string?> rules = findings.EnumerateArray().Where(f => f.GetProperty("entry").ValueKind == JsonValueKind.Number).Select(f => f.GetProperty("rule").GetString());
        Assert.Equal(["acme-id", "own-value", "github-token"], rules);
        Assert.Empty(_server.Requests);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("jsonl")]
    public async Task The_filter_goes_by_the_current_folder(string format)
    {
        WriteBoth();
        string quote = format == "jsonl" ? "\"" : "";
        Assert.Equal($"{quote}{Redacted}{quote}\n", (await _home.RunAsync(["redact", "--format", format], $"{quote}{Text}{quote}\n")).Succeeded());
        _home.CurrentFolder = _home.PathOf();
        Assert.Contains("Nightingale", (await _home.RunAsync(["redact", "--format", format], $"{quote}{Text}{quote}\n")).Succeeded());
    }

    [Fact]
    public async Task A_project_cannot_allow_what_is_a_secret()
    {
        Write(OfProject, new JsonObject { ["allow"] = new JsonArray(_allowed, _token) });
        (await _home.RunAsync("share")).Succeeded();
        string sent = Assert.Single(_server.Requests);
        Assert.DoesNotContain(_allowed, sent);
        Assert.DoesNotContain(_token, sent);
    }

    [Theory]
    [InlineData("share")]
    [InlineData("share", "--preview")]
    [InlineData("export")]
    [InlineData("redact")]
    public async Task A_broken_file_is_named_and_nothing_goes_out(params string[] command)
    {
        foreach (string path in new[] { OfProject, OfUser })
        {
            Write(path, new JsonObject { ["\u001b[2Jrule"] = 1 });
            Result result = await _home.RunAsync(command);
            Assert.Equal((1, ""), (result.ExitCode, result.Out));
            Assert.Equal($"parley: '{path}' can't be used: '[2Jrule' is not known; there are rules, values and allow.\n", result.Error);
        }
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_not_passed_over()
    {
        Directory.CreateDirectory(OfUser);
        Result result = await _home.RunAsync("share");
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith($"parley: {OfUser} can't be read: ", result.Error);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task Both_are_listed_with_whether_they_are_there()
    {
        Write(OfUser, []);
        string table = (await _home.RunAsync("config")).Succeeded();
        Assert.Matches($@"(?m)^redaction, yours +{OfUser}$", table);
        Assert.Matches($@"(?m)^redaction, this folder's +{OfProject} +not there$", table);
        JsonElement json = JsonDocument.Parse((await _home.RunAsync("config", "--json")).Succeeded()).RootElement;
        Assert.Equal((OfUser, true), FileOf(json.GetProperty("userRedactionFile")));
        Assert.Equal((OfProject, false), FileOf(json.GetProperty("projectRedactionFile")));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _home.Dispose();
    }

    private void WriteBoth()
    {
        var rule = new JsonObject { ["name"] = "acme-id", ["pattern"] = "ACME-[0-9]{4}" };
        Write(OfUser, new JsonObject { ["rules"] = new JsonArray(rule), ["allow"] = new JsonArray(_allowed) });
        Write(OfProject, new JsonObject { ["values"] = new JsonArray("Nightingale"), ["allow"] = new JsonArray(_token) });
    }

    private static void Write(string path, JsonObject content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content.ToJsonString());
    }

    private static (string?, bool) FileOf(JsonElement file) => (file.GetProperty("path").GetString(), file.GetProperty("exists").GetBoolean());
}
