using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Parley.Core.Sessions;
using Xunit;

namespace Parley.EndToEnd.Tests.Command;

public sealed class ExportTests : IDisposable
{
    private readonly Home _home = new();
    private readonly string _token = Secret.GitHubToken();

    public ExportTests() => new Written(_home.Sessions, _home.Project)
        .Prompt($"Use {_token}").Thinking("hm").Tool("Bash", new JsonObject { ["command"] = "ls" }, "tide.cs").Answer("**Done**").Title("Tides").Save();

    [Fact]
    public async Task Json_is_an_entry_a_line_with_the_documented_members()
    {
        JsonElement[] lines = [.. (await ExportAsync("json")).TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(Enumerable.Range(1, lines.Length), lines.Select(l => l.GetProperty("seq").GetInt32()));
        Assert.Equal("user", lines[0].GetProperty("role").GetString());
        Assert.Equal("2026-02-26T18:00:00.000Z", lines[0].GetProperty("timestamp").GetString());
        Assert.Equal("claude-sonnet-4-6", lines[^1].GetProperty("model").GetString());
        Assert.Equal("**Done**", lines[^1].GetProperty("blocks")[0].GetProperty("text").GetString());
        Assert.Contains(lines, l => l.GetProperty("blocks")[0].GetProperty("type").GetString() == "tool_result");
    }

    [Fact]
    public async Task Jsonl_is_a_bundle()
    {
        byte[] bundle = Encoding.UTF8.GetBytes(await ExportAsync("jsonl"));
        var reader = new BundleReader(PipeReader.Create(new MemoryStream(bundle)));
        Assert.Equal("Tides", (await reader.ReadHeaderAsync(TestContext.Current.CancellationToken)).Title);
        int entries = 0;
        await foreach (Entry _ in reader.ReadEntriesAsync(TestContext.Current.CancellationToken))
            entries++;
        Assert.Equal(5, entries);
    }

    [Theory]
    [InlineData("md", "# Tides\n", "**Done**")]
    [InlineData("html", "<!doctype html>", "<strong>Done</strong>")]
    public async Task A_document_has_the_title_and_the_text(string format, string beginning, string text)
    {
        string document = await ExportAsync(format);
        Assert.StartsWith(beginning, document);
        Assert.Contains(text, document);
    }

    [Theory]
    [InlineData("json")]
    [InlineData("jsonl")]
    [InlineData("md")]
    [InlineData("html")]
    public async Task Every_format_is_redacted(string format)
    {
        string document = await ExportAsync(format);
        Assert.DoesNotContain(_token, document);
        Assert.Contains("github-token", document);
    }

    [Fact]
    public async Task Without_redaction_there_is_a_warning()
    {
        Result result = await _home.RunAsync("export", "--format", "md", "--no-redact");
        Assert.Contains(_token, result.Succeeded());
        Assert.Contains("--no-redact", result.Error);
    }

    [Fact]
    public async Task A_file_is_written_in_the_format_of_its_name()
    {
        string path = _home.PathOf("session.html");
        Assert.Empty((await _home.RunAsync("export", "-o", path)).Succeeded());
        Assert.StartsWith("<!doctype html>", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        Assert.Single(Directory.GetFiles(_home.PathOf(), "session*"));
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_a_sentence()
    {
        Result result = await _home.RunAsync("export", "-o", _home.PathOf("no", "such", "folder.md"));
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("parley: ", result.Error);
        Assert.Single(result.Error.TrimEnd().Split('\n'));
    }

    public void Dispose() => _home.Dispose();

    private async Task<string> ExportAsync(string format) => (await _home.RunAsync("export", "--format", format)).Succeeded();
}
