using System.Net;
using Parley.Core.Sessions;
using Parley.Server.Tests.Fixtures;
using Parley.Server.Tests.Turns;

namespace Parley.Server.Tests.Room;

/// <summary>The page on which people and the agent talk, for whoever has no script.</summary>
public sealed class RoomPagesTests(ServerFixture<Sqlite> fixture) : IClassFixture<ServerFixture<Sqlite>>
{
    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task Members_get_the_room_readers_the_session_and_nobody_else_anything()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        Member sarah = await workspace.JoinAsync("Sarah", MemberRole.Viewer);
        string path = $"/c/{workspace.Id}";

        string member = await sarah.Client.GetStringAsync(path);
        using HttpResponseMessage stranger = await Server.Anyone.GetAsync(path), missing = await Server.Anyone.GetAsync($"/c/{new string('a', 12)}");
        await Server.ShareSessionAsync(workspace.Id, new { link = true });
        string reader = await Server.Anyone.GetStringAsync(path);

        Assert.Contains("id=\"room\"", member);
        Assert.Contains("can let you write", member);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (stranger.StatusCode, missing.StatusCode));
        Assert.Contains($"/sign-in?to=%2Fc%2F{workspace.Id}", await stranger.Content.ReadAsStringAsync());
        Assert.DoesNotContain("id=\"room\"", reader);
        Assert.DoesNotContain("Sarah", reader);
        Assert.Contains("High water is late.", reader);
    }

    [Fact]
    public async Task A_form_says_something_or_prompts_and_leads_back()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        Member david = await workspace.JoinAsync("David", MemberRole.Suggester);
        using TestBrowser browser = await TestBrowser.SignedInAsync(Server), his = await TestBrowser.SignedInAsync(Server, client: david.Client);

        using HttpResponseMessage note = await browser.SubmitAsync($"/c/{workspace.Id}/say", ("text", "To all of you"), ("as", "note"), ("clientId", "1"));
        using HttpResponseMessage prompt = await his.SubmitAsync($"/c/{workspace.Id}/say", ("text", "@Claude write a test"), ("as", "note"), ("clientId", "2"));
        string turn = (await workspace.TurnsAsync()).GetProperty("turns")[0].Text("turnId");
        string room = await browser.Client.GetStringAsync($"/c/{workspace.Id}");
        using HttpResponseMessage accepted = await browser.SubmitAsync($"/c/{workspace.Id}/prompts/{turn}/accept", ("edits", "0"));

        Assert.All([note, prompt, accepted], answer => Assert.Equal((HttpStatusCode.SeeOther, $"/c/{workspace.Id}#end"), (answer.StatusCode, answer.Headers.Location?.ToString())));
        Assert.Equal("To all of you", (await workspace.TextsAsync())[^1]);
        Assert.Contains($"/prompts/{turn}/accept", room);
        Assert.Equal(["queued David: @Claude write a test"], await workspace.QueueAsync());
    }

    [Fact]
    public async Task What_could_not_be_said_stands_in_the_field_again_with_the_reason()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        using TestBrowser browser = await TestBrowser.SignedInAsync(Server);

        using HttpResponseMessage answer = await browser.SubmitAsync($"/c/{workspace.Id}/say", ("text", "Not <lost>"), ("as", "note"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("Not &lt;lost&gt;</textarea>", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Forms_of_other_sites_do_nothing()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        using TestBrowser browser = await TestBrowser.SignedInAsync(Server);

        using HttpResponseMessage answer = await browser.SendAsync(HttpMethod.Post, $"/c/{workspace.Id}/say", null, ("Origin", "https://example.org"), ("Sec-Fetch-Site", "cross-site"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task A_session_is_taken_along_as_Markdown_and_as_one_page()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        using HttpResponseMessage _ = await workspace.Owner.PostAsync($"/api/sessions/{workspace.Id}/notes", Driver.Content("""{"text":"Seen it.","clientId":"x"}"""));

        using HttpResponseMessage markdown = await workspace.Owner.GetAsync($"/c/{workspace.Id}/export?as=md"), page = await workspace.Owner.GetAsync($"/c/{workspace.Id}/export?as=html");

        Assert.Equal($"{workspace.Id}.md", markdown.Content.Headers.ContentDisposition?.FileName?.Trim('"'));
        Assert.Contains("## owner, to the others\n\nSeen it.", await markdown.Content.ReadAsStringAsync());
        Assert.Contains("Seen it.", await page.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await Server.Anyone.GetAsync($"/c/{workspace.Id}/export?as=md")).StatusCode);
    }

    [Fact]
    public async Task Who_joins_leaves_and_takes_over_is_told_in_the_log()
    {
        await using Workspace workspace = await Workspace.OpenAsync(Server);
        using var sarah = new TestBrowser(Server);
        using HttpResponseMessage accepted = await sarah.AcceptAsync(await workspace.Owner.InvitationPathAsync(workspace.Id));
        Parley.Server.Tests.Fixtures.Person david = await Server.MemberAsync(workspace.Id, "David", MemberRole.Viewer);
        using HttpResponseMessage left = await david.Client.DeleteAsync($"/api/sessions/{workspace.Id}/members/{david.Id}");

        string page = await workspace.Owner.GetStringAsync($"/c/{workspace.Id}");

        Assert.Contains("Sarah joined", page);
        Assert.Contains("David left", page);
    }
}
