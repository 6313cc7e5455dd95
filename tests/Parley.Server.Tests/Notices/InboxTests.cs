using System.Net;
using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Server.Data;
using Parley.Server.Notices;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Notices;

public sealed class InboxOnSqlite(ServerFixture<Sqlite> fixture) : InboxTests<Sqlite>(fixture);

public sealed class InboxOnPostgres(ServerFixture<Postgres> fixture) : InboxTests<Postgres>(fixture);

/// <summary>What people are told, and for how long.</summary>
public abstract class InboxTests<TDatabase>(ServerFixture<TDatabase> fixture) : IClassFixture<ServerFixture<TDatabase>>
    where TDatabase : ITestDatabase, new()
{
    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task An_invitation_comes_into_the_inbox_and_is_accepted_from_there()
    {
        string id = await PrivateAsync();
        Person sarah = await Server.PersonAsync("Sarah", $"sarah-{id}@example.org".ToLowerInvariant());
        using TestBrowser browser = await TestBrowser.SignedInAsync(Server, client: sarah.Client);
        await Server.Owner.InviteAsync(id, $"sarah-{id}@example.org");

        JsonElement inbox = await sarah.Client.JsonAsync("/api/inbox"), notice = Assert.Single(inbox.GetProperty("notices").EnumerateArray());
        using HttpResponseMessage opened = await browser.SubmitAsync($"/inbox/{notice.Number("id")}");
        using HttpResponseMessage joined = await browser.AcceptAsync(opened.Headers.Location!.ToString());

        Assert.Equal((1, "invited", "owner", "A session"), (inbox.Number("unread"), notice.Text("kind"), notice.Text("who"), notice.Text("title")));
        Assert.Equal(new Uri(notice.Text("url")).AbsolutePath, opened.Headers.Location!.ToString());
        Assert.Equal($"/c/{id}", joined.Headers.Location?.ToString());
        Assert.Equal(0, (await sarah.Client.JsonAsync("/api/inbox")).GetProperty("notices").GetArrayLength());
        Assert.Contains("joined", await NoticesAsync(Server.Owner, id));
    }

    [Fact]
    public async Task A_withdrawn_invitation_is_told_no_more_and_neither_is_the_title()
    {
        string id = await PrivateAsync();
        Person sarah = await Server.PersonAsync("Sarah", $"sarah-{id}@example.org".ToLowerInvariant());
        await Server.Owner.InviteAsync(id, $"sarah-{id}@example.org");
        string invitation = (await Server.Owner.JsonAsync($"/api/sessions/{id}/invitations")).GetProperty("invitations")[0].Text("invitationId");
        using Watcher watcher = await WatchAsync(sarah.Client);
        Assert.Equal(1, (await watcher.NextAsync("inbox")).Json.Number("unread"));

        (await Server.Owner.DeleteAsync($"/api/sessions/{id}/invitations/{invitation}")).EnsureSuccessStatusCode();

        Assert.Equal(0, (await watcher.NextAsync("inbox")).Json.Number("unread"));
        Assert.Empty(await NoticesAsync(sarah.Client, id));
    }

    [Fact]
    public async Task The_count_of_what_is_unread_is_live()
    {
        string id = await PrivateAsync();
        Person sarah = await Server.MemberAsync(id, "Sarah", MemberRole.Prompter);
        using Watcher watcher = await WatchAsync(sarah.Client);
        Assert.Equal(0, (await watcher.NextAsync("inbox")).Json.Number("unread"));

        await NoteAsync(new Notice(sarah.Id, NoticeKind.Mentioned, id, 1, "look at this", Seq: 1));
        Assert.Equal(1, (await watcher.NextAsync("inbox")).Json.Number("unread"));
        JsonElement notice = (await sarah.Client.JsonAsync("/api/inbox")).GetProperty("notices")[0];
        (await sarah.Client.PostAsync($"/api/inbox/{notice.Number("id")}/read", null)).EnsureSuccessStatusCode();

        Assert.Equal(0, (await watcher.NextAsync("inbox")).Json.Number("unread"));
        Assert.Equal(("look at this", $"{Server.Address}/c/{id}?at=1#e1"), (notice.Text("text"), notice.Text("url")));
    }

    [Fact]
    public async Task What_was_said_where_somebody_may_no_longer_be_is_not_told()
    {
        string id = await PrivateAsync();
        Person sarah = await Server.MemberAsync(id, "Sarah", MemberRole.Prompter);
        await NoteAsync(new Notice(sarah.Id, NoticeKind.Mentioned, id, 1, "secret words"));
        Assert.Equal(["mentioned"], await NoticesAsync(sarah.Client, id));

        (await Server.Owner.DeleteAsync($"/api/sessions/{id}/members/{sarah.Id}")).EnsureSuccessStatusCode();

        Assert.DoesNotContain("secret words", await sarah.Client.GetStringAsync("/api/inbox"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_ends_with_the_key_that_opened_it()
    {
        Person sarah = await Server.PersonAsync("Sarah");
        using Watcher watcher = await WatchAsync(sarah.Client);
        await watcher.NextAsync("inbox");
        long key = (await sarah.Client.JsonAsync("/api/keys")).GetProperty("keys")[0].Number("id");
        (await sarah.Client.DeleteAsync($"/api/keys/{key}")).EnsureSuccessStatusCode();

        Server.Clock.Advance(InboxStream.Heartbeat);

        Assert.Empty(await watcher.NamesToEndAsync());
    }

    [Fact]
    public async Task Nobody_reads_or_marks_what_others_are_told()
    {
        string id = await PrivateAsync();
        Person sarah = await Server.MemberAsync(id, "Sarah", MemberRole.Prompter), david = await Server.MemberAsync(id, "David", MemberRole.Prompter);
        await NoteAsync(new Notice(sarah.Id, NoticeKind.Mentioned, id, 1, "for Sarah"));
        long notice = (await sarah.Client.JsonAsync("/api/inbox")).GetProperty("notices")[0].Number("id");

        await (await david.Client.PostAsync($"/api/inbox/{notice}/read", null)).ProblemAsync(404);
        (await david.Client.PostAsync("/api/inbox/read", null)).EnsureSuccessStatusCode();

        Assert.Empty(await NoticesAsync(david.Client, id));
        Assert.Equal(1, (await sarah.Client.JsonAsync("/api/inbox")).Number("unread"));
        (await sarah.Client.PostAsync("/api/inbox/read", null)).EnsureSuccessStatusCode();
        Assert.Equal(0, (await sarah.Client.JsonAsync("/api/inbox")).Number("unread"));
    }

    [Fact]
    public async Task An_inbox_keeps_five_hundred_notices_and_the_oldest_go()
    {
        string id = await PrivateAsync();
        Person sarah = await Server.MemberAsync(id, "Sarah", MemberRole.Prompter);
        for (int i = 0; i < Inbox.MostKept + 3; i++)
            await NoteAsync(new Notice(sarah.Id, NoticeKind.Mentioned, id, 1, $"number {i}"));

        JsonElement inbox = await sarah.Client.JsonAsync("/api/inbox");

        Assert.Equal(Inbox.MostKept, inbox.GetProperty("notices").GetArrayLength());
        Assert.Equal($"number {Inbox.MostKept + 2}", inbox.GetProperty("notices")[0].Text("text"));
    }

    [Fact]
    public async Task The_page_shows_untrusted_words_as_words()
    {
        string id = await PrivateAsync();
        Person sarah = await Server.MemberAsync(id, "Sarah", MemberRole.Prompter), eve = await Server.MemberAsync(id, "<script>alert(1)</script>", MemberRole.Prompter);
        await NoteAsync(new Notice(sarah.Id, NoticeKind.Mentioned, id, eve.Id, "<img src=x onerror=alert(2)>"));
        using TestBrowser browser = await TestBrowser.SignedInAsync(Server, client: sarah.Client);

        string page = await browser.Client.GetStringAsync("/inbox");

        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img src=x", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Server.Anyone.GetAsync("/inbox")).StatusCode);
    }

    private Task<string> PrivateAsync() => Server.ShareAsync([Bundles.Prompt("secret plans")], "?private=true");

    private async Task NoteAsync(Notice notice)
    {
        Inbox inbox = Server.Get<Inbox>();
        await Server.Get<Database>().WriteAsync(async c =>
        {
            await inbox.AddAsync(c, notice);
            return true;
        });
        inbox.Tell(notice.AccountId);
    }

    private static async Task<string[]> NoticesAsync(HttpClient client, string id) =>
        [.. (await client.JsonAsync("/api/inbox")).GetProperty("notices").EnumerateArray().Where(n => n.Text("sessionId") == id).Select(n => n.Text("kind"))];

    private static Task<Watcher> WatchAsync(HttpClient client) => Watcher.OpenAtAsync(client, "/api/inbox/events");
}

/// <summary>Two servers, each with somebody who looks at their inbox.</summary>
public sealed class NeighbouringInboxTests(TwoServers servers) : IClassFixture<TwoServers>
{
    [Fact]
    public async Task A_notice_is_live_on_every_server()
    {
        string id = await servers.One.ShareAsync([Bundles.Prompt("secret plans")], "?private=true");
        Person sarah = await servers.Other.PersonAsync("Sarah", "sarah@example.org");
        using Watcher watcher = await Watcher.OpenAtAsync(sarah.Client, "/api/inbox/events");
        Assert.Equal(0, (await watcher.NextAsync("inbox")).Json.Number("unread"));

        await servers.One.Owner.InviteAsync(id, "sarah@example.org");

        Assert.Equal(1, (await watcher.NextAsync("inbox")).Json.Number("unread"));
    }

    [Fact]
    public async Task A_member_who_is_removed_at_one_server_is_let_go_by_the_other()
    {
        string id = await servers.One.ShareAsync([Bundles.Prompt("secret plans")], "?private=true");
        Person sarah = await servers.Other.MemberAsync(id, "Sarah", MemberRole.Viewer);
        using Watcher watcher = await Watcher.OpenAsync(sarah.Client, id);
        await watcher.NextAsync("entry");

        (await servers.One.Owner.DeleteAsync($"/api/sessions/{id}/members/{sarah.Id}")).EnsureSuccessStatusCode();

        await watcher.NamesToEndAsync();
        await (await sarah.Client.GetAsync($"/api/sessions/{id}")).ProblemAsync(404);
    }
}
