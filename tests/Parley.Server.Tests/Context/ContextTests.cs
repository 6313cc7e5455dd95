using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Parley.Core.Context;
using Parley.Core.Sessions;
using Parley.Server.Context;
using Parley.Server.Data;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Context;

public sealed class ContextOnSqlite(ServerFixture<Sqlite> fixture) : ContextTests<Sqlite>(fixture);

public sealed class ContextOnPostgres(ServerFixture<Postgres> fixture) : ContextTests<Postgres>(fixture);

/// <summary>What an owner adds to a session's context, and who gets at it, over HTTP.</summary>
public abstract class ContextTests<TDatabase>(ServerFixture<TDatabase> fixture) : IClassFixture<ServerFixture<TDatabase>>
    where TDatabase : ITestDatabase, new()
{
    private static readonly Folder Service = new("server/src/service", ("search.ts", "export const a = 1;\n"), ("note/sharing.ts", "export const b = 2;\n"));

    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task A_folder_is_there_as_a_whole_when_the_last_of_its_contents_has_arrived()
    {
        string id = await SessionAsync();
        JsonElement receipt = await Service.BeginAsync(Server, id);

        Assert.Equal(2, receipt.GetProperty("missing").GetArrayLength());
        await Folder.SendAsync(Server.Owner, id, "export const a = 1;\n");
        Assert.False((await OnlyResourceAsync(id)).GetProperty("complete").GetBoolean());
        await Folder.SendAsync(Server.Owner, id, "export const b = 2;\n");

        JsonElement resource = await OnlyResourceAsync(id);
        Assert.True(resource.GetProperty("complete").GetBoolean());
        Assert.Equal(("files", "server/src/service", "private", 2, 40), (
            resource.Text("kind"), resource.Text("name"), resource.Text("permission"), resource.Number("files"), resource.Number("bytes")));
    }

    [Fact]
    public async Task Its_owner_lists_and_opens_the_files_whatever_the_permission()
    {
        string id = await SessionAsync();
        string resource = await Service.AddAsync(Server, id);

        JsonElement files = (await Server.Owner.JsonAsync($"/api/sessions/{id}/context/{resource}/files")).GetProperty("files");
        Assert.Equal(["note/sharing.ts", "search.ts"], files.EnumerateArray().Select(file => file.Text("path")));
        using HttpResponseMessage content = await Server.Owner.GetAsync(FileOf(id, resource, "note/sharing.ts"));
        Assert.Equal("export const b = 2;\n", await content.Content.ReadAsStringAsync());
        Assert.Equal("text/plain", content.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Members_see_a_resource_from_the_moment_it_is_theirs_and_not_after_it()
    {
        string id = await SessionAsync();
        string resource = await Service.AddAsync(Server, id);
        using HttpClient member = await Server.MemberAsync(id, MemberRole.Viewer);

        foreach ((string permission, HttpStatusCode expected) in new[]
        {
            ("private", HttpStatusCode.NotFound), ("agent", HttpStatusCode.NotFound), ("members", HttpStatusCode.OK), ("private", HttpStatusCode.NotFound),
        })
        {
            await PermitAsync(id, resource, permission);
            Assert.Equal(expected, (await member.GetAsync(FileOf(id, resource, "search.ts"))).StatusCode);
            Assert.Equal(expected, (await member.GetAsync($"/api/sessions/{id}/context/{resource}/files")).StatusCode);
            Assert.Equal(expected == HttpStatusCode.OK ? 1 : 0, (await ResourcesAsync(id, member)).Length);
        }
    }

    [Theory]
    [InlineData(MemberRole.Viewer)]
    [InlineData(MemberRole.Prompter)]
    public async Task Members_change_nothing(MemberRole role)
    {
        string id = await SessionAsync();
        string resource = await Service.AddAsync(Server, id);
        await PermitAsync(id, resource, "members");
        using HttpClient member = await Server.MemberAsync(id, role);

        await (await Service.PostAsync(member, id)).ProblemAsync(404);
        await (await Folder.SendAsync(member, id, "x")).ProblemAsync(404);
        await (await member.PatchAsJsonAsync($"/api/sessions/{id}/context/{resource}", new { permission = "private" })).ProblemAsync(404);
        await (await member.DeleteAsync($"/api/sessions/{id}/context/{resource}")).ProblemAsync(404);
        Assert.Equal("members", (await OnlyResourceAsync(id)).Text("permission"));
    }

    [Fact]
    public async Task Who_only_has_the_link_or_a_token_does_not_learn_that_there_is_context()
    {
        string id = await Server.ShareAsync("hello");
        string resource = await Service.AddAsync(Server, id);
        await PermitAsync(id, resource, "members");
        using HttpClient holder = Server.ClientWith((await Server.ShareByTokenAsync(id)).Text("shareToken")), stranger = Server.ClientWith(await Server.StrangersKeyAsync());

        Assert.Equal(HttpStatusCode.Unauthorized, (await Server.Anyone.GetAsync($"/api/sessions/{id}/context")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await holder.GetAsync($"/api/sessions/{id}/context")).StatusCode);
        foreach (string path in (string[])["", $"/{resource}/files", $"/{resource}/files?path=search.ts"])
            await (await stranger.GetAsync($"/api/sessions/{id}/context{path}")).ProblemAsync(404);
    }

    [Fact]
    public async Task A_newer_snapshot_replaces_the_old_one_whole_and_keeps_its_permission()
    {
        string id = await SessionAsync();
        string resource = await Service.AddAsync(Server, id);
        await PermitAsync(id, resource, "members");
        using HttpClient member = await Server.MemberAsync(id, MemberRole.Viewer);
        var newer = new Folder("server/src/service", ("search.ts", "export const c = 3;\n"));

        Assert.Equal(resource, (await newer.BeginAsync(Server, id)).Text("resourceId"));
        Assert.Equal("export const a = 1;\n", await member.GetStringAsync(FileOf(id, resource, "search.ts")));
        await Folder.SendAsync(Server.Owner, id, "export const c = 3;\n");

        Assert.Equal("export const c = 3;\n", await member.GetStringAsync(FileOf(id, resource, "search.ts")));
        Assert.Equal(HttpStatusCode.NotFound, (await member.GetAsync(FileOf(id, resource, "note/sharing.ts"))).StatusCode);
        Assert.Equal(1, await CountAsync("context_blobs", id));
    }

    [Fact]
    public async Task What_is_there_already_is_not_asked_for_again()
    {
        string id = await SessionAsync();
        await Service.AddAsync(Server, id);

        JsonElement again = await Service.BeginAsync(Server, id);

        Assert.Equal(0, again.GetProperty("missing").GetArrayLength());
        Assert.True((await OnlyResourceAsync(id)).GetProperty("complete").GetBoolean());
    }

    [Fact]
    public async Task What_another_session_has_is_asked_for_all_the_same()
    {
        await Service.AddAsync(Server, await SessionAsync());
        string other = await SessionAsync();

        Assert.Equal(2, (await Service.BeginAsync(Server, other)).GetProperty("missing").GetArrayLength());
    }

    [Fact]
    public async Task A_digest_of_another_session_opens_nothing()
    {
        string first = await SessionAsync(), second = await SessionAsync();
        string resource = await Service.AddAsync(Server, first);
        var same = new Folder("mine", ("search.ts", "export const a = 1;\n"));
        string waiting = (await same.BeginAsync(Server, second)).Text("resourceId");

        await (await Server.Owner.GetAsync(FileOf(second, waiting, "search.ts"))).ProblemAsync(404);
        await (await Server.Owner.GetAsync(FileOf(second, resource, "search.ts"))).ProblemAsync(404);
    }

    [Fact]
    public async Task A_file_with_a_secret_is_refused_unless_it_was_chosen_by_its_name()
    {
        string id = await SessionAsync();
        string secret = $"token = \"{Folder.FakeToken()}\"\n";
        var folder = new Folder("config", ("a.env", secret), ("b.txt", "plain\n"));
        await folder.BeginAsync(Server, id);

        JsonElement answer = await (await Folder.SendAsync(Server.Owner, id, secret, "plain\n")).JsonAsync();

        JsonElement refused = Assert.Single(answer.GetProperty("refused").EnumerateArray());
        Assert.Equal(("a.env", "secrets"), (refused.Text("path"), refused.Text("reason")));
        Assert.Equal(1, (await OnlyResourceAsync(id)).Number("files"));
        Assert.Equal(1, await CountAsync("context_blobs", id));

        string resource = await folder.AddAsync(Server, id, chosen: "a.env");
        Assert.Equal(secret, await Server.Owner.GetStringAsync(FileOf(id, resource, "a.env")));
    }

    [Fact]
    public async Task A_secret_that_is_there_for_one_file_is_refused_for_another_that_was_not_chosen()
    {
        string id = await SessionAsync();
        string secret = $"token = \"{Folder.FakeToken()}\"\n";
        await new Folder("one", ("a.env", secret)).AddAsync(Server, id, chosen: "a.env");

        JsonElement receipt = await new Folder("two", ("b.env", secret)).BeginAsync(Server, id);

        Assert.Equal("secrets", Assert.Single(receipt.GetProperty("refused").EnumerateArray()).Text("reason"));
        Assert.Equal(0, receipt.GetProperty("missing").GetArrayLength());
    }

    [Fact]
    public async Task What_is_no_text_is_refused()
    {
        string id = await SessionAsync();
        await new Folder("bin", ("a.bin", "a\0b")).BeginAsync(Server, id);

        JsonElement answer = await (await Folder.SendAsync(Server.Owner, id, "a\0b")).JsonAsync();

        Assert.Equal("binary", Assert.Single(answer.GetProperty("refused").EnumerateArray()).Text("reason"));
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../secret")]
    [InlineData("a/../../b")]
    [InlineData("a//b")]
    [InlineData("C:/windows")]
    [InlineData("a\\b")]
    [InlineData("a\u202egnp.exe")]
    [InlineData("")]
    public async Task A_name_that_is_no_plain_path_is_refused(string path)
    {
        string id = await SessionAsync();

        JsonElement receipt = await new Folder("x", (path, "text")).BeginAsync(Server, id);

        Assert.Equal("name", Assert.Single(receipt.GetProperty("refused").EnumerateArray()).Text("reason"));
    }

    [Fact]
    public async Task Contents_that_no_manifest_waits_for_are_refused()
    {
        string id = await SessionAsync();

        string problem = await (await Folder.SendAsync(Server.Owner, id, "unasked")).ProblemAsync(400);

        Assert.Contains("send its manifest first", problem, StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync("context_blobs", id));
    }

    [Fact]
    public async Task A_content_that_is_longer_than_its_manifest_says_is_refused()
    {
        string id = await SessionAsync();
        using HttpResponseMessage begun = await Server.Owner.PostAsJsonAsync(
            $"/api/sessions/{id}/context", new { kind = "files", name = "x", files = new[] { new { path = "a", sha256 = Folder.Digest("four"), size = 1 } } });
        begun.EnsureSuccessStatusCode();

        Assert.Contains("its manifest says 1", await (await Folder.SendAsync(Server.Owner, id, "four")).ProblemAsync(400), StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_than_a_session_may_have_is_refused_before_it_is_sent()
    {
        string id = await SessionAsync();
        var files = Enumerable.Range(0, (int)(ContextLimits.SessionBytes / ContextLimits.FileBytes) + 1)
            .Select(i => new { path = $"f{i}", sha256 = Folder.Digest($"{i}"), size = ContextLimits.FileBytes });

        using HttpResponseMessage answer = await Server.Owner.PostAsJsonAsync($"/api/sessions/{id}/context", new { kind = "files", name = "x", files });

        Assert.Contains("at most 128 MiB", await answer.ProblemAsync(400), StringComparison.Ordinal);
        Assert.Empty(await ResourcesAsync(id));
    }

    [Fact]
    public async Task Files_above_the_most_that_a_folder_may_have_are_refused_one_by_one()
    {
        string id = await SessionAsync();
        var folder = new Folder("x", [.. Enumerable.Range(0, ContextLimits.Files + 2).Select(i => ($"f{i}", "same"))]);

        JsonElement receipt = await folder.BeginAsync(Server, id);

        Assert.Equal(["tooMany", "tooMany"], receipt.GetProperty("refused").EnumerateArray().Select(file => file.Text("reason")));
        Assert.Equal(1, receipt.GetProperty("missing").GetArrayLength());
    }

    [Fact]
    public async Task An_mcp_server_is_a_name_that_the_agent_alone_may_have()
    {
        string id = await SessionAsync();
        string linear = (await new Folder("linear").BeginAsync(Server, id, kind: "mcp")).Text("resourceId");

        await PermitAsync(id, linear, "agent");
        using HttpResponseMessage members = await Server.Owner.PatchAsJsonAsync($"/api/sessions/{id}/context/{linear}", new { permission = "members" });

        Assert.Contains("only the agent can use it", await members.ProblemAsync(400), StringComparison.Ordinal);
        Assert.Equal("agent", (await OnlyResourceAsync(id)).Text("permission"));
        await (await new Folder("..").PostAsync(Server.Owner, id, "mcp")).ProblemAsync(400);
    }

    [Theory]
    [InlineData("Gmail")]
    [InlineData("google-mail")]
    [InlineData("claude_ai_Outlook")]
    public async Task An_mcp_server_for_mail_is_never_shared(string name)
    {
        string id = await SessionAsync();
        string mail = (await new Folder(name).BeginAsync(Server, id, kind: "mcp")).Text("resourceId");

        using HttpResponseMessage answer = await Server.Owner.PatchAsJsonAsync($"/api/sessions/{id}/context/{mail}", new { permission = "agent" });

        Assert.Contains("never shared", await answer.ProblemAsync(400), StringComparison.Ordinal);
        Assert.True((await OnlyResourceAsync(id)).GetProperty("locked").GetBoolean());
    }

    [Fact]
    public async Task Removing_a_resource_leaves_what_others_have()
    {
        string id = await SessionAsync();
        string one = await new Folder("one", ("a", "shared"), ("b", "alone")).AddAsync(Server, id);
        string two = await new Folder("two", ("a", "shared")).AddAsync(Server, id);

        Assert.Equal(HttpStatusCode.NoContent, (await Server.Owner.DeleteAsync($"/api/sessions/{id}/context/{one}")).StatusCode);

        Assert.Equal("shared", await Server.Owner.GetStringAsync(FileOf(id, two, "a")));
        Assert.Equal(1, await CountAsync("context_blobs", id));
        await (await Server.Owner.DeleteAsync($"/api/sessions/{id}/context/{one}")).ProblemAsync(404);
    }

    [Fact]
    public async Task A_promotion_permits_what_is_ticked_and_makes_the_rest_private()
    {
        string id = await SessionAsync();
        string service = await Service.AddAsync(Server, id);
        string web = await new Folder("web", ("a", "b")).AddAsync(Server, id);
        string memory = await new Folder("-", ("MEMORY.md", "# Notes")).AddAsync(Server, id, kind: "memory");
        await new Folder("linear").BeginAsync(Server, id, kind: "mcp");
        await PermitAsync(id, web, "members");

        PermittedContext permitted = await PromoteAsync(id, new ContextChoice { Files = ["./server/src/service/"], Memory = true, Mcps = ["linear"] });

        Assert.Equal((3, 2, 1, "linear"), (permitted.FileCount, permitted.Files["server/src/service"], permitted.Memory, Assert.Single(permitted.Mcps)));
        Dictionary<string, string> now = (await ResourcesAsync(id)).ToDictionary(resource => resource.Text("resourceId"), resource => resource.Text("permission"));
        Assert.Equal(("members", "private", "agent"), (now[service], now[web], now[memory]));
    }

    [Fact]
    public async Task A_promotion_names_what_is_not_there_and_changes_nothing()
    {
        string id = await SessionAsync();
        await Service.AddAsync(Server, id);

        ContextException refusal = await Assert.ThrowsAsync<ContextException>(
            () => PromoteAsync(id, new ContextChoice { Files = ["server/src/service", "servre"], Memory = true, Mcps = ["notion"] }));

        Assert.Contains("no folder \"servre\", no MCP server \"notion\", no memory", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("private", (await OnlyResourceAsync(id)).Text("permission"));
    }

    [Fact]
    public async Task A_folder_that_has_not_arrived_whole_is_not_shared()
    {
        string id = await SessionAsync();
        await Service.BeginAsync(Server, id);

        ContextException refusal = await Assert.ThrowsAsync<ContextException>(() => PromoteAsync(id, new ContextChoice { Files = ["server/src/service"] }));

        Assert.Contains("has not arrived whole", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folders_that_come_and_go_at_once_never_lose_a_content_that_another_has()
    {
        string id = await SessionAsync();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(async i =>
        {
            var folder = new Folder($"folder{i}", ("same", "shared by all"), ("own", $"of {i}"));
            for (int round = 0; round < 4; round++)
            {
                string resource = await folder.AddAsync(Server, id);
                Assert.Equal("shared by all", await Server.Owner.GetStringAsync(FileOf(id, resource, "same")));
                if (round < 3)
                    Assert.Equal(HttpStatusCode.NoContent, (await Server.Owner.DeleteAsync($"/api/sessions/{id}/context/{resource}")).StatusCode);
            }
        }));

        Assert.Equal(6, (await ResourcesAsync(id)).Count(resource => resource.GetProperty("complete").GetBoolean() && resource.Number("files") == 2));
        Assert.Equal(7, await CountAsync("context_blobs", id));
    }

    [Fact]
    public async Task What_never_came_whole_is_forgotten_after_a_day_and_what_is_used_stays()
    {
        string id = await SessionAsync(), resource = await Service.AddAsync(Server, id);
        await new Folder("server/src/service", ("search.ts", "newer"), ("other.ts", "never sent")).BeginAsync(Server, id);
        await new Folder("web", ("a", "never sent either"), ("b", "sent")).BeginAsync(Server, id);
        await Folder.SendAsync(Server.Owner, id, "newer", "sent");
        Assert.Equal(4, await CountAsync("context_blobs", id));

        await Server.Get<ContextUploads>().ForgetAbandonedAsync(Server.Clock.GetUtcNow() + ContextUploads.Patience, default);

        Assert.Equal(2, await CountAsync("context_blobs", id));
        Assert.Equal(resource, (await OnlyResourceAsync(id)).Text("resourceId"));
        Assert.Equal("export const a = 1;\n", await Server.Owner.GetStringAsync(FileOf(id, resource, "search.ts")));
    }

    [Fact]
    public async Task Who_did_what_with_the_context_is_in_the_audit_trail()
    {
        string id = await SessionAsync();
        string resource = await Service.AddAsync(Server, id);
        await PermitAsync(id, resource, "members");
        using HttpClient member = await Server.MemberAsync(id, MemberRole.Viewer);
        await member.GetStringAsync(FileOf(id, resource, "search.ts"));
        await Server.Owner.DeleteAsync($"/api/sessions/{id}/context/{resource}");

        JsonElement events = (await Server.Owner.JsonAsync($"/api/sessions/{id}/audit")).GetProperty("events");
        Assert.Equal(
            [
                "owner contextAdded server/src/service", "owner contextPermitted server/src/service: members", "owner contextRemoved server/src/service",
                "sarah contextOpened server/src/service/search.ts",
            ],
            events.EnumerateArray().Where(e => e.Text("what").StartsWith("context", StringComparison.Ordinal))
                .Select(e => $"{e.Text("who")} {e.Text("what")} {e.Text("detail")}").Order());
    }

    private Task<string> SessionAsync() => Server.ShareAsync([Bundles.Prompt("hello")], "?private=true");

    private static string FileOf(string id, string resource, string path) => $"/api/sessions/{id}/context/{resource}/files?path={Uri.EscapeDataString(path)}";

    private async Task PermitAsync(string id, string resource, string permission) =>
        (await Server.Owner.PatchAsJsonAsync($"/api/sessions/{id}/context/{resource}", new { permission })).EnsureSuccessStatusCode().Dispose();

    private Task<PermittedContext> PromoteAsync(string id, ContextChoice choice) =>
        Server.Get<Database>().WriteAsync(connection => Server.Get<ContextStore>().PermitAsync(connection, id, choice, default)).AsTask();

    private async Task<JsonElement[]> ResourcesAsync(string id, HttpClient? client = null) =>
        [.. (await (client ?? Server.Owner).JsonAsync($"/api/sessions/{id}/context")).GetProperty("resources").EnumerateArray()];

    private async Task<JsonElement> OnlyResourceAsync(string id) => Assert.Single(await ResourcesAsync(id));

    private ValueTask<long> CountAsync(string table, string id) => Server.Get<Database>().ReadAsync(
        connection => connection.FirstAsync($"SELECT count(*) FROM {table} WHERE session_id = $1", row => row.Number(0), default, id));
}
