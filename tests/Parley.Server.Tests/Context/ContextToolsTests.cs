using System.Net.Http.Json;
using System.Text.Json;
using Parley.Server.Context;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Context;

public sealed class ContextToolsOnSqlite(ServerFixture<Sqlite> fixture) : ContextToolsTests<Sqlite>(fixture);

public sealed class ContextToolsOnPostgres(ServerFixture<Postgres> fixture) : ContextToolsTests<Postgres>(fixture);

/// <summary>What a workspace's agent reaches by its tools, and what it doesn't.</summary>
public abstract class ContextToolsTests<TDatabase>(ServerFixture<TDatabase> fixture) : IClassFixture<ServerFixture<TDatabase>>
    where TDatabase : ITestDatabase, new()
{
    private const long Owner = 1;

    private RunningServer Server => fixture.Server;

    private ContextTools Tools => Server.Get<ContextTools>();

    [Fact]
    public async Task A_file_is_read_with_the_numbers_of_its_lines()
    {
        string id = await SharedAsync(("search.ts", "one\ntwo\nthree\n"));

        Assert.Equal("     1\tone\n     2\ttwo\n     3\tthree\n", await OkAsync(id, "read_file", new { path = "service/search.ts" }));
        Assert.Equal("     2\ttwo\n(Lines 2 to 2 of 3. The next one is at offset 3.)\n", await OkAsync(id, "read_file", new { path = "./service/search.ts", offset = 2, limit = 1 }));
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("service/../secret/key")]
    [InlineData("../../etc/passwd")]
    [InlineData("secret/key")]
    [InlineData("service/./search.ts")]
    [InlineData("service\\search.ts")]
    [InlineData("SERVICE/search.ts")]
    public async Task Nothing_but_what_is_shared_is_read_whatever_the_path(string path)
    {
        string id = await SharedAsync(("search.ts", "one"));
        await new Folder("secret", ("key", "hidden")).AddAsync(Server, id);

        string refusal = await ErrorAsync(id, "read_file", new { path });

        Assert.DoesNotContain("hidden", refusal, StringComparison.Ordinal);
        Assert.Contains("is shared with you", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Private_files_are_neither_listed_nor_found()
    {
        string id = await SharedAsync(("search.ts", "needle one"));
        await new Folder("secret", ("key", "needle two")).AddAsync(Server, id);

        Assert.Equal("service/search.ts\n", await OkAsync(id, "list_files", new { }));
        Assert.Equal("service/search.ts:1: needle one\n", await OkAsync(id, "search_files", new { pattern = "needle" }));
        Assert.DoesNotContain((await Tools.DefinitionsAsync(id, default))[0].Description, "secret", StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_taken_away_is_gone_at_the_next_call()
    {
        string id = await SharedAsync(("search.ts", "one"));
        await OkAsync(id, "read_file", new { path = "service/search.ts" });

        await PermitAsync(id, "private");

        Assert.Equal("No files are shared with you any more.", await ErrorAsync(id, "read_file", new { path = "service/search.ts" }));
        Assert.Equal("No files are shared with you any more.", await ErrorAsync(id, "list_files", new { }));
        Assert.Equal("Nothing was found.", await OkAsync(id, "search_files", new { pattern = "one" }));
        Assert.Empty(await Tools.DefinitionsAsync(id, default));
    }

    [Fact]
    public async Task A_removed_folder_is_gone_at_the_next_call()
    {
        string id = await SharedAsync(("search.ts", "one"));
        string resource = (await Server.Owner.JsonAsync($"/api/sessions/{id}/context")).GetProperty("resources")[0].Text("resourceId");

        await Server.Owner.DeleteAsync($"/api/sessions/{id}/context/{resource}");

        Assert.Equal("No files are shared with you any more.", await ErrorAsync(id, "read_file", new { path = "service/search.ts" }));
    }

    [Fact]
    public async Task Another_sessions_files_are_out_of_reach()
    {
        string first = await SharedAsync(("search.ts", "one")), second = await SharedAsync(("other.ts", "two"));

        await ErrorAsync(second, "read_file", new { path = "service/search.ts" });
        Assert.Equal("service/other.ts\n", await OkAsync(second, "list_files", new { }));
        Assert.Equal("service/search.ts\n", await OkAsync(first, "list_files", new { }));
    }

    [Fact]
    public async Task Files_are_listed_by_folder_and_by_pattern()
    {
        string id = await SharedAsync(("a.ts", "1"), ("b.md", "2"), ("deep/c.ts", "3"));

        Assert.Equal("service/a.ts\nservice/deep/c.ts\n", await OkAsync(id, "list_files", new { pattern = "**/*.ts" }));
        Assert.Equal("service/deep/c.ts\n", await OkAsync(id, "list_files", new { path = "service/deep/" }));
        Assert.Equal("service/b.md\n", await OkAsync(id, "list_files", new { pattern = "*.{md,txt}" }));
        Assert.Equal("No shared file is there.", await ErrorAsync(id, "list_files", new { path = "elsewhere" }));
    }

    [Fact]
    public async Task A_search_finds_lines_with_their_places()
    {
        string id = await SharedAsync(("a.ts", "nothing\nprincipal: email\n"), ("b.ts", "PRINCIPAL: EMAIL"));

        Assert.Equal("service/a.ts:2: principal: email\n", await OkAsync(id, "search_files", new { pattern = @"principal:\s+email" }));
        Assert.Equal(
            "service/a.ts:2: principal: email\nservice/b.ts:1: PRINCIPAL: EMAIL\n",
            await OkAsync(id, "search_files", new { pattern = "principal", ignore_case = true }));
        Assert.Equal("service/b.ts:1: PRINCIPAL: EMAIL\n", await OkAsync(id, "search_files", new { pattern = "principal", ignore_case = true, path = "service/b.ts" }));
    }

    [Theory]
    [InlineData("(a")]
    [InlineData(@"(a)\1")]
    [InlineData("(?=a)a")]
    [InlineData("")]
    public async Task A_pattern_that_is_none_is_answered_with_what_is_wrong(string pattern)
    {
        string id = await SharedAsync(("a.ts", "a"));

        Assert.NotEmpty(await ErrorAsync(id, "search_files", new { pattern }));
    }

    [Fact]
    public async Task An_expression_that_is_made_to_backtrack_takes_no_time()
    {
        string id = await SharedAsync(("a.ts", new string('a', 200_000) + "!"));

        Assert.Equal("Nothing was found.", await OkAsync(id, "search_files", new { pattern = "^(a+)+$" }));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"path":5}""")]
    [InlineData("""{"path":"\ud800"}""")]
    public async Task Input_of_any_form_gets_an_answer(string input)
    {
        string id = await SharedAsync(("a.ts", "a"));
        foreach (string tool in (string[])["read_file", "list_files", "search_files", "bash", ""])
            Assert.NotEmpty((await Tools.CallAsync(id, Owner, tool, JsonElement.Parse(input), default)).Text);
    }

    [Fact]
    public async Task Every_call_is_in_the_audit_trail_with_who_prompted_it_and_what_it_was_about()
    {
        string id = await SharedAsync(("a.ts", "a"));
        await OkAsync(id, "read_file", new { path = "service/a.ts" });
        await OkAsync(id, "search_files", new { pattern = "a" });
        await ErrorAsync(id, "read_file", new { path = "/etc/passwd" });

        JsonElement events = (await Server.Owner.JsonAsync($"/api/sessions/{id}/audit")).GetProperty("events");
        Assert.Equal(
            ["owner read_file /etc/passwd (refused)", "owner read_file service/a.ts", "owner search_files a"],
            events.EnumerateArray().Where(e => e.Text("what") == "contextUsed").Select(e => $"{e.Text("who")} {e.Text("detail")}").Order(StringComparer.Ordinal));
    }

    private async Task<string> SharedAsync(params (string Path, string Text)[] files)
    {
        string id = await Server.ShareAsync([Bundles.Prompt("hello")], "?private=true");
        await new Folder("service", files).AddAsync(Server, id);
        await PermitAsync(id, "agent");
        return id;
    }

    private async Task PermitAsync(string id, string permission)
    {
        JsonElement resources = (await Server.Owner.JsonAsync($"/api/sessions/{id}/context")).GetProperty("resources");
        string resource = resources.EnumerateArray().First(r => r.Text("name") == "service").Text("resourceId");
        (await Server.Owner.PatchAsJsonAsync($"/api/sessions/{id}/context/{resource}", new { permission })).EnsureSuccessStatusCode().Dispose();
    }

    private async Task<string> OkAsync(string id, string tool, object input) => await CallAsync(id, tool, input, isError: false);

    private async Task<string> ErrorAsync(string id, string tool, object input) => await CallAsync(id, tool, input, isError: true);

    private async Task<string> CallAsync(string id, string tool, object input, bool isError)
    {
        ToolAnswer answer = await Tools.CallAsync(id, Owner, tool, JsonSerializer.SerializeToElement(input), default);
        Assert.Equal((isError, answer.Text), (answer.IsError, answer.Text));
        return answer.Text;
    }
}
