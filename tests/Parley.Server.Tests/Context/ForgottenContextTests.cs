using System.Net;
using System.Security.Cryptography;
using System.Text;
using Parley.Core.Sessions;
using Parley.Server.Sessions;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Context;

/// <summary>That what is taken away is gone from the database's very bytes, and with what it is taken away.</summary>
public sealed class ForgottenContextTests
{
    private readonly string _words = RandomNumberGenerator.GetHexString(40);

    [Fact]
    public async Task Removing_a_folder_leaves_nothing_of_its_files()
    {
        await using RunningServer server = await RunningServer.StartAsync(new Sqlite());
        string id = await server.ShareAsync("hello"), resource = await AddAsync(server, id);

        Assert.True(IsOnDisc(server));
        (await server.Owner.DeleteAsync($"/api/sessions/{id}/context/{resource}")).EnsureSuccessStatusCode();

        Assert.False(IsOnDisc(server));
    }

    [Fact]
    public async Task Replacing_a_folder_leaves_nothing_of_the_files_that_it_had()
    {
        await using RunningServer server = await RunningServer.StartAsync(new Sqlite());
        string id = await server.ShareAsync("hello");
        await AddAsync(server, id);

        await new Folder("src", ("a.txt", "other")).AddAsync(server, id);

        Assert.False(IsOnDisc(server));
    }

    [Fact]
    public async Task Deleting_the_session_leaves_nothing_of_its_files()
    {
        await using RunningServer server = await RunningServer.StartAsync(new Sqlite());
        string id = await server.ShareAsync("hello");
        await AddAsync(server, id);

        (await server.Owner.DeleteAsync($"/api/sessions/{id}")).EnsureSuccessStatusCode();

        Assert.False(IsOnDisc(server));
    }

    [Fact]
    public async Task A_session_that_expires_takes_its_files_along()
    {
        await using RunningServer server = await RunningServer.StartAsync(new Sqlite());
        string id = await server.ShareAsync([Bundles.Prompt("hello")], "?expires_in=3600");
        await AddAsync(server, id);

        server.Clock.Advance(TimeSpan.FromHours(2));
        await server.Get<SessionStore>().DeleteExpiredAsync(server.Clock.GetUtcNow());

        Assert.False(IsOnDisc(server));
    }

    [Fact]
    public async Task Closing_the_workspace_leaves_the_conversation_and_nothing_of_its_files()
    {
        await using RunningServer server = await RunningServer.StartAsync(new Sqlite());
        string id = await server.ShareAsync("hello"), resource = await AddAsync(server, id);
        await server.ShareSessionAsync(id, new { mode = "multiplayer", context = new { files = new[] { "src" } } });
        using HttpClient member = await server.MemberAsync(id, MemberRole.Viewer);
        Assert.Equal(HttpStatusCode.OK, (await member.GetAsync($"/c/{id}/files/{resource}")).StatusCode);

        Assert.Equal(HttpStatusCode.NoContent, (await server.Owner.PostAsync($"/api/sessions/{id}/close", null)).StatusCode);

        Assert.False(IsOnDisc(server));
        Assert.Equal(HttpStatusCode.NotFound, (await member.GetAsync($"/c/{id}/files/{resource}")).StatusCode);
        Assert.Equal("hello", (await member.TextsAsync(id, "?limit=1"))[0]);
        await (await new Folder("src", ("a.txt", "again")).PostAsync(server.Owner, id)).ProblemAsync(409);
        Assert.Equal(HttpStatusCode.NoContent, (await server.Owner.PostAsync($"/api/sessions/{id}/close", null)).StatusCode);
    }

    [Fact]
    public async Task Only_a_workspace_is_closed_and_only_by_its_owner()
    {
        await using RunningServer server = await RunningServer.StartAsync(new Sqlite());
        string id = await server.ShareAsync("hello");
        using HttpClient member = await server.MemberAsync(id, MemberRole.Prompter);

        await (await server.Owner.PostAsync($"/api/sessions/{id}/close", null)).ProblemAsync(409);
        await (await member.PostAsync($"/api/sessions/{id}/close", null)).ProblemAsync(404);
    }

    private async Task<string> AddAsync(RunningServer server, string id) => await new Folder("src", ("a.txt", _words)).AddAsync(server, id);

    private bool IsOnDisc(RunningServer server) => Directory.GetFiles(server.Folder, "sessions.db*").Any(file =>
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(_words)) >= 0;
    });
}
