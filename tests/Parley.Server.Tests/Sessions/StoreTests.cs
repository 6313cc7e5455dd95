using System.Text;
using Parley.Core.Rendering;
using Parley.Core.Sessions;
using Parley.Server.Data;
using Parley.Server.Sessions;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Sessions;

public sealed class StoreOnSqlite(ServerFixture<Sqlite> fixture) : StoreTests<Sqlite>(fixture);

public sealed class StoreOnPostgres(ServerFixture<Postgres> fixture) : StoreTests<Postgres>(fixture);

/// <summary>What pages and other slices get from the store.</summary>
public abstract class StoreTests<TDatabase>(ServerFixture<TDatabase> fixture) : IClassFixture<ServerFixture<TDatabase>>
    where TDatabase : ITestDatabase, new()
{
    private SessionStore Store => fixture.Server.Get<SessionStore>();

    private SessionLog Log => fixture.Server.Get<SessionLog>();

    private Database Database => fixture.Server.Get<Database>();

    [Fact]
    public async Task A_record_tells_all_that_the_bundle_told()
    {
        string id = await fixture.Server.ShareAsync([Bundles.Prompt("one"), Bundles.Answer("two", new Usage(10, 20))]);

        SessionRecord session = (await Store.FindAsync(id))!;

        Assert.Equal(("A session", "tidewatch", "main", "model-1", "claude-code"), (session.Title, session.Project, session.Branch, session.Model, session.Agent));
        Assert.Equal((2, 2, 10, 20), (session.MessageCount, session.LastSeq, session.InputTokens, session.OutputTokens));
        Assert.Equal(fixture.Server.Clock.GetUtcNow(), session.CreatedAt);
        Assert.True(session.IsPublic);
    }

    [Fact]
    public async Task Every_change_moves_the_version()
    {
        string id = await fixture.Server.ShareAsync("one");
        long first = (await Store.FindAsync(id))!.Version;

        await Store.RenameAsync(id, "Other");

        Assert.True((await Store.FindAsync(id))!.Version > first);
    }

    [Fact]
    public async Task Fragments_are_read_from_a_cursor_in_order()
    {
        string id = await fixture.Server.ShareAsync([Bundles.Prompt("one"), Bundles.Answer("two") with { Thread = "t1" }, Bundles.Prompt("three")]);

        IReadOnlyList<Fragment> fragments = await Log.ReadFragmentsAsync(id, after: 1, limit: 10);

        Assert.Equal([(2L, Role.Assistant, "t1"), (3L, Role.User, null)], fragments.Select(f => (f.Seq, f.Role, f.Thread)));
        Assert.StartsWith("<article id=\"e2\"", Encoding.UTF8.GetString(fragments[0].Html), StringComparison.Ordinal);
        Assert.Single(await Log.ReadFragmentsAsync(id, after: 0, limit: 1));
        Assert.Empty(await Log.ReadFragmentsAsync(id, after: 3, limit: 10));
    }

    [Fact]
    public async Task Fragments_of_an_older_renderer_are_rendered_again_before_anyone_sees_them()
    {
        string id = await fixture.Server.ShareAsync([.. Enumerable.Range(1, 450).Select(n => $"prompt {n}")]);
        long version = (await Store.FindAsync(id))!.Version;
        await Database.WriteAsync(c => c.ExecuteAsync(
            "UPDATE messages SET html = $2, renderer_version = 0 WHERE share_id = $1", default, id, "<script>old</script>"u8.ToArray()));

        IReadOnlyList<Fragment>[] read = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Log.ReadFragmentsAsync(id, 400, 50).AsTask()));

        Assert.All(read.SelectMany(r => r), f => Assert.DoesNotContain("old", Encoding.UTF8.GetString(f.Html), StringComparison.Ordinal));
        Assert.True((await Store.FindAsync(id))!.Version > version);
        Assert.Equal(0, await Database.ReadAsync(c => c.FirstAsync(
            "SELECT count(*) FROM messages WHERE share_id = $1 AND renderer_version <> $2", row => row.Number(0), default, id, EntryRenderer.Version)));
    }

    [Fact]
    public async Task One_entry_is_found_by_its_seq_with_its_blocks()
    {
        object image = new { type = "image", source = new { type = "base64", media_type = "image/png", data = "iVBORw0KGgo=" } };
        string id = await fixture.Server.ShareAsync([Bundles.Prompt("one"), Bundles.Blocks(Role.User, image)]);

        StoredEntry? entry = await Log.FindAsync(id, 2);

        Assert.Contains("iVBORw0KGgo=", Encoding.UTF8.GetString(entry!.Entry.Blocks.Span), StringComparison.Ordinal);
        Assert.Null(await Log.FindAsync(id, 3));
    }

    [Fact]
    public async Task Large_sessions_are_read_in_pieces_without_a_gap()
    {
        string id = await fixture.Server.ShareAsync([.. Enumerable.Range(1, 12).Select(n => new string('x', 1_000_000) + n)]);

        List<StoredEntry> entries = await Log.ReadAsync(id, after: 2, limit: 9).ToListAsync();

        Assert.Equal(Enumerable.Range(3, 9).Select(n => (long)n), entries.Select(e => e.Seq));
    }

    [Fact]
    public async Task Searching_finds_the_text_whatever_its_case_and_shows_it_as_it_stands()
    {
        string id = await fixture.Server.ShareAsync(
            "Nothing here", new string('.', 500) + "The TIDE table\nof ÄRÖ" + new string('.', 500), "tide again, and a tide", "100% sure_thing");

        IReadOnlyList<SearchHit> hits = await Log.SearchAsync(id, " tide ", limit: 10);

        Assert.Equal([2L, 3L], hits.Select(h => h.Seq));
        Assert.Equal("TIDE", hits[0].Snippet.Substring(hits[0].MatchStart, hits[0].MatchLength));
        Assert.Contains("The TIDE table of ÄRÖ", hits[0].Snippet, StringComparison.Ordinal);
        Assert.Equal([2L], (await Log.SearchAsync(id, "ärö", 10)).Select(h => h.Seq));
        Assert.Equal([4L], (await Log.SearchAsync(id, "100% sure_", 10)).Select(h => h.Seq));
        Assert.Equal([2L], (await Log.SearchAsync(id, "tide", 1)).Select(h => h.Seq));
        Assert.Empty(await Log.SearchAsync(id, "100%_sure", 10));
        Assert.Empty(await Log.SearchAsync(id, "  ", 10));
    }

    [Theory]
    [InlineData("'")]
    [InlineData("\\")]
    [InlineData("$1")]
    [InlineData("\0")]
    [InlineData("😀")]
    public async Task Searching_takes_any_text(string query)
    {
        string id = await fixture.Server.ShareAsync("it's a \\ for $1 and 😀 nul: \0");

        Assert.NotNull(await Log.SearchAsync(id, query, 10));
    }

    [Fact]
    public async Task Deleting_leaves_no_row_of_the_session()
    {
        string id = await fixture.Server.ShareAsync("one", "two");

        Assert.True(await Store.DeleteAsync(id));

        Assert.False(await Store.DeleteAsync(id));
        Assert.Equal(0, await Database.ReadAsync(c => c.FirstAsync(
            "SELECT (SELECT count(*) FROM messages WHERE share_id = $1) + (SELECT count(*) FROM sessions WHERE share_id = $1)", row => row.Number(0), default, id)));
    }

    [Fact]
    public async Task A_write_that_fails_leaves_nothing_and_the_next_one_works()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => Database.WriteAsync<int>(async c =>
        {
            await c.ExecuteAsync("INSERT INTO accounts (name) VALUES ('half')", default);
            throw new InvalidOperationException();
        }).AsTask());

        Assert.Equal(0, await Database.WriteAsync(c => c.FirstAsync("SELECT count(*) FROM accounts WHERE name = 'half'", row => row.Number(0), default)));
    }
}
