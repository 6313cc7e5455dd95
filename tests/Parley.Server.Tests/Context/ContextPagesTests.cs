using System.Net;
using System.Net.Http.Json;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Parley.Core.Sessions;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Context;

/// <summary>The pages of a session's context, without script: what owner and members see and do on them.</summary>
public sealed class ContextPagesTests(ServerFixture<Sqlite> fixture) : IClassFixture<ServerFixture<Sqlite>>
{
    private RunningServer Server => fixture.Server;

    [Fact]
    public async Task The_owner_sees_every_resource_with_its_permission_pressed()
    {
        (string id, string resource) = await SharedAsync("agent");
        await new Folder("Gmail").BeginAsync(Server, id, kind: "mcp");

        IDocument page = await PageAsync(Server.Owner, $"/c/{id}/context");

        Assert.Equal("agent", page.QuerySelector($"#resource-{resource} button[aria-pressed=true]")?.GetAttribute("value"));
        Assert.Equal(["private", "agent", "members"], page.QuerySelectorAll($"#resource-{resource} .choice button").Select(b => b.GetAttribute("value")));
        IElement mail = page.QuerySelectorAll(".resource").Single(r => r.TextContent.Contains("Gmail", StringComparison.Ordinal));
        Assert.Contains("Always private", mail.TextContent, StringComparison.Ordinal);
        Assert.Null(mail.QuerySelector(".choice"));
    }

    [Fact]
    public async Task A_press_of_a_button_changes_who_may_use_it()
    {
        (string id, string resource) = await SharedAsync("private");
        using TestBrowser browser = await TestBrowser.SignedInAsync(Server);

        using HttpResponseMessage answer = await browser.SubmitAsync($"/c/{id}/context/{resource}/permission", ("permission", "members"));

        Assert.Equal((HttpStatusCode.SeeOther, $"/c/{id}/context"), (answer.StatusCode, answer.Headers.Location?.ToString()));
        Assert.Equal("members", (await Server.Owner.JsonAsync($"/api/sessions/{id}/context")).GetProperty("resources")[0].Text("permission"));
    }

    [Fact]
    public async Task What_can_not_be_is_said_on_the_page()
    {
        (string id, _) = await SharedAsync("private");
        string mail = (await new Folder("Gmail").BeginAsync(Server, id, kind: "mcp")).Text("resourceId");
        using TestBrowser browser = await TestBrowser.SignedInAsync(Server);

        using HttpResponseMessage answer = await browser.SubmitAsync($"/c/{id}/context/{mail}/permission", ("permission", "agent"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("never shared", Parse(await answer.Content.ReadAsStringAsync()).QuerySelector(".problem")?.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_resource_is_removed_by_a_form()
    {
        (string id, string resource) = await SharedAsync("members");
        using TestBrowser browser = await TestBrowser.SignedInAsync(Server);

        (await browser.SubmitAsync($"/c/{id}/context/{resource}/remove")).Dispose();

        Assert.Equal(0, (await Server.Owner.JsonAsync($"/api/sessions/{id}/context")).GetProperty("resources").GetArrayLength());
    }

    [Fact]
    public async Task Members_see_what_is_open_to_them_and_no_forms()
    {
        (string id, string resource) = await SharedAsync("members");
        await new Folder("secret", ("a", "b")).AddAsync(Server, id);
        using HttpClient member = await Server.MemberAsync(id, MemberRole.Viewer);

        IDocument page = await PageAsync(member, $"/c/{id}/context");

        Assert.NotNull(page.QuerySelector($"#resource-{resource} .more a"));
        Assert.Empty(page.QuerySelectorAll("main form"));
        Assert.DoesNotContain("secret", page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folders_lead_to_files_whose_lines_can_be_linked_to()
    {
        (string id, string resource) = await SharedAsync("members");
        using HttpClient member = await Server.MemberAsync(id, MemberRole.Viewer);

        IDocument top = await PageAsync(member, $"/c/{id}/files/{resource}");
        Assert.Equal([$"/c/{id}/files/{resource}/note", $"/c/{id}/files/{resource}/search.ts"], top.QuerySelectorAll(".listing a").Select(a => a.GetAttribute("href")));
        IDocument folder = await PageAsync(member, $"/c/{id}/files/{resource}/note");
        IDocument file = await PageAsync(member, folder.QuerySelector(".listing a")!.GetAttribute("href")!);

        Assert.Equal("two\n", file.QuerySelector("#L2")?.TextContent);
        Assert.Equal("typescript", file.QuerySelector("pre")?.GetAttribute("data-lang"));
        Assert.Equal(["Context", "service", "note"], file.QuerySelectorAll(".file-trail a").Select(a => a.TextContent));
    }

    [Theory]
    [InlineData("agent")]
    [InlineData("private")]
    public async Task Files_that_are_not_open_to_members_have_no_page_for_them(string permission)
    {
        (string id, string resource) = await SharedAsync(permission);
        using HttpClient member = await Server.MemberAsync(id, MemberRole.Prompter);

        foreach (string path in (string[])["", "/search.ts", "/note"])
        {
            using HttpResponseMessage answer = await member.GetAsync($"/c/{id}/files/{resource}{path}");
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("/..%2f..%2fetc%2fpasswd")]
    [InlineData("/%2e%2e/context")]
    [InlineData("/nothing")]
    [InlineData("/search.ts/x")]
    public async Task A_path_that_is_none_has_no_page(string path)
    {
        (string id, string resource) = await SharedAsync("members");

        Assert.Equal(HttpStatusCode.NotFound, (await Server.Owner.GetAsync($"/c/{id}/files/{resource}{path}")).StatusCode);
    }

    [Fact]
    public async Task Names_and_contents_are_text_and_nothing_else()
    {
        string id = await Server.ShareAsync("hello");
        const string markup = "<img src=x onerror=alert(1)>";
        string resource = await new Folder(markup, (markup, markup), ($"d{markup}/x", "y")).AddAsync(Server, id);

        foreach (string path in (string[])[$"/c/{id}/context", $"/c/{id}/files/{resource}", $"/c/{id}/files/{resource}/{Uri.EscapeDataString(markup)}"])
        {
            IDocument page = await PageAsync(Server.Owner, path);
            Assert.Empty(page.QuerySelectorAll("main img"));
            Assert.Contains(markup, page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        }
    }

    private async Task<(string Session, string Resource)> SharedAsync(string permission)
    {
        string id = await Server.ShareAsync("hello");
        string resource = await new Folder("service", ("search.ts", "one\ntwo\n"), ("note/sharing.ts", "one\ntwo\nthree\n")).AddAsync(Server, id);
        (await Server.Owner.PatchAsJsonAsync($"/api/sessions/{id}/context/{resource}", new { permission })).EnsureSuccessStatusCode().Dispose();
        return (id, resource);
    }

    private static async Task<IDocument> PageAsync(HttpClient client, string path)
    {
        using HttpResponseMessage answer = await client.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return Parse(await answer.Content.ReadAsStringAsync());
    }

    private static IDocument Parse(string html) => new HtmlParser().ParseDocument(html);
}
