using System.IO.Compression;
using System.Net;
using System.Text;
using Parley.Core.Sessions;
using Parley.Server.Pages;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Pages;

public sealed class PagesTests(ServerFixture<Sqlite> fixture) : IClassFixture<ServerFixture<Sqlite>>
{
    private readonly RunningServer _server = fixture.Server;

    [Fact]
    public async Task A_page_may_be_kept_by_nobody_and_may_run_only_what_the_server_sends()
    {
        using HttpResponseMessage page = await _server.Anyone.GetAsync("/s/" + await _server.ShareAsync("hello"));

        Assert.Equal("text/html; charset=utf-8", page.Content.Headers.ContentType?.ToString());
        Assert.Equal(PageResponse.Policy, page.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("noindex", page.Headers.GetValues("X-Robots-Tag").Single());
        Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.True(page.Headers.CacheControl is { NoStore: true, Private: true });
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    [InlineData(null)]
    [InlineData("br;q=0, gzip;q=0")]
    public async Task A_page_comes_in_the_encoding_that_the_client_takes(string? encoding)
    {
        string id = await _server.ShareAsync("unmistakable");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/s/" + id);
        if (encoding is not null)
            request.Headers.Add("Accept-Encoding", encoding);

        using HttpResponseMessage page = await _server.Anyone.SendAsync(request);

        string? used = page.Content.Headers.ContentEncoding.SingleOrDefault();
        Assert.Equal(encoding is "br" or "gzip" ? encoding : null, used);
        Assert.Contains("unmistakable", await TextAsync(page), StringComparison.Ordinal);
        Assert.Equal("Accept-Encoding", page.Headers.Vary.Single());
    }

    [Fact]
    public async Task A_kept_page_is_gone_with_the_session()
    {
        string id = await _server.ShareAsync("hello");
        (await _server.Anyone.GetAsync("/s/" + id)).EnsureSuccessStatusCode();

        (await _server.Owner.DeleteAsync("/api/sessions/" + id)).EnsureSuccessStatusCode();

        Assert.Equal(HttpStatusCode.NotFound, (await _server.Anyone.GetAsync("/s/" + id)).StatusCode);
    }

    [Fact]
    public async Task A_kept_page_shows_a_new_title_at_once()
    {
        string id = await _server.ShareAsync("hello");
        (await _server.Anyone.GetAsync("/s/" + id)).EnsureSuccessStatusCode();

        (await _server.Owner.PatchAsync("/api/sessions/" + id, new StringContent("""{"title":"Another title"}""", Encoding.UTF8, "application/json"))).EnsureSuccessStatusCode();

        Assert.Contains("Another title", await _server.Anyone.GetStringAsync("/s/" + id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_private_session_and_all_of_its_pages_are_not_there_for_others()
    {
        string id = await _server.ShareAsync([Bundles.Blocks(Role.User, Image())], "?private=true");
        foreach (string path in new[] { "", "/prompts", "?q=x", "/images/1/0" })
        {
            Assert.Equal(HttpStatusCode.OK, (await _server.Owner.GetAsync($"/s/{id}{path}")).StatusCode);
            using HttpResponseMessage others = await _server.Anyone.GetAsync($"/s/{id}{path}");
            using HttpResponseMessage nobodys = await _server.Anyone.GetAsync($"/s/AAAAAAAAAAAA{path}");
            Assert.Equal(HttpStatusCode.NotFound, others.StatusCode);
            Assert.Equal(await nobodys.Content.ReadAsStringAsync(), await others.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task A_link_preview_tells_title_and_counts_and_nothing_that_was_said()
    {
        string page = await _server.Anyone.GetStringAsync("/s/" + await _server.ShareAsync([Bundles.Prompt("the content"), Bundles.Answer("an answer", new Usage(1200, 34))]));
        string head = page[..page.IndexOf("</head>", StringComparison.Ordinal)];

        Assert.Contains("""<meta property="og:title" content="A session" />""", head, StringComparison.Ordinal);
        Assert.Contains("""<meta property="og:description" content="A shared agent session: 2 entries, 1.2k tokens" />""", head, StringComparison.Ordinal);
        Assert.DoesNotContain("the content", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_is_what_its_bytes_are_and_can_do_nothing()
    {
        string id = await _server.ShareAsync([Bundles.Blocks(Role.User, Image(), new { type = "image", source = new { type = "base64", media_type = "image/svg+xml", data = "PHN2Zy8+" } })]);

        using HttpResponseMessage image = await _server.Anyone.GetAsync($"/s/{id}/images/1/0");

        Assert.Equal("image/gif", image.Content.Headers.ContentType?.MediaType);
        Assert.Equal(PagesApi.ImagePolicy, image.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", image.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.True(image.Headers.CacheControl?.NoStore);
        Assert.Equal(HttpStatusCode.NotFound, (await _server.Anyone.GetAsync($"/s/{id}/images/1/1")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _server.Anyone.GetAsync($"/s/{id}/images/2/0")).StatusCode);
    }

    [Fact]
    public async Task A_missing_page_is_a_page_for_people_and_a_problem_for_programs()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/nowhere") { Headers = { { "Accept", "text/html" } } };
        using HttpResponseMessage page = await _server.Anyone.SendAsync(request);
        using HttpResponseMessage problem = await _server.Anyone.GetAsync("/nowhere");

        Assert.Equal((HttpStatusCode.NotFound, "text/html"), (page.StatusCode, page.Content.Headers.ContentType?.MediaType));
        await problem.ProblemAsync(404);
    }

    [Theory]
    [InlineData("", 0, 50)]
    [InlineData("?after=50", 50, 50)]
    [InlineData("?after=999", 0, 50)]
    [InlineData("?after=x&at=", 0, 50)]
    [InlineData("?before=60", 9, 50)]
    [InlineData("?before=11", 0, 10)]
    [InlineData("?at=70", 64, 50)]
    [InlineData("?at=3", 0, 50)]
    [InlineData("?at=119", 70, 50)]
    [InlineData("?at=99999999999999999999", 0, 50)]
    [InlineData("", 70, 50, true)]
    [InlineData("?found=x", 70, 50, true)]
    [InlineData("?after=50", 50, 50, true)]
    [InlineData("?at=3", 0, 50, true)]
    public void An_address_names_the_entries_that_are_shown(string query, long after, int count, bool goesOn = false)
    {
        var parsed = new Microsoft.AspNetCore.Http.QueryCollection(Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(query));

        SessionWindow window = SessionWindow.Of(parsed, lastSeq: 120, goesOn);

        Assert.Equal((after, count), (window.After, window.Count));
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(999, "999")]
    [InlineData(1_240, "1.2k")]
    [InlineData(48_400, "48k")]
    [InlineData(999_600, "1M")]
    [InlineData(3_400_000, "3.4M")]
    public void Counts_are_short(long count, string shown) => Assert.Equal(shown, SessionFacts.Compact(count));

    [Fact]
    public void Kept_pages_are_bounded_and_the_one_asked_for_longest_ago_goes_first()
    {
        var page = new HotPage(new byte[1000]);
        var pages = new HotPages(page.Size * 8);
        PageKey Key(int i) => new("s", 1, $"{i}");
        for (int i = 0; i < 8; i++)
            pages.Keep(Key(i), page);
        _ = pages.Find(Key(0));
        pages.Keep(Key(8), page);

        Assert.NotNull(pages.Find(Key(0)));
        Assert.Null(pages.Find(Key(1)));
        Assert.NotNull(pages.Find(Key(8)));
    }

    [Fact]
    public void A_session_that_grows_keeps_only_the_newest_of_a_view()
    {
        var page = new HotPage(new byte[1000]);
        var pages = new HotPages(page.Size * 8);
        pages.Keep(new("other", 1, ""), page);
        for (int version = 1; version <= 50; version++)
            pages.Keep(new("growing", version, ""), page);
        pages.Keep(new("growing", 7, ""), page);

        Assert.NotNull(pages.Find(new("other", 1, "")));
        Assert.NotNull(pages.Find(new("growing", 50, "")));
        Assert.Null(pages.Find(new("growing", 49, "")));
        Assert.Null(pages.Find(new("growing", 7, "")));
    }

    [Fact]
    public void A_page_that_would_push_out_many_is_not_kept()
    {
        var pages = new HotPages(8_000);
        pages.Keep(new PageKey("s", 1, ""), new HotPage(new byte[5_000]));

        Assert.Null(pages.Find(new PageKey("s", 1, "")));
    }

    private static object Image() => new { type = "image", source = new { type = "base64", media_type = "text/html", data = Convert.ToBase64String([.. "GIF89a"u8, 1, 0, 1, 0, 0]) } };

    private static async Task<string> TextAsync(HttpResponseMessage page)
    {
        Stream body = await page.Content.ReadAsStreamAsync();
        using Stream plain = page.Content.Headers.ContentEncoding.SingleOrDefault() switch
        {
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            _ => body,
        };
        using var reader = new StreamReader(plain);
        return await reader.ReadToEndAsync();
    }
}
