using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Accounts;

/// <summary>Goes through the server's own table of routes, so that one that is added is held to this without anybody thinking of it.</summary>
public sealed class RouteTests(ServerFixture<Sqlite> fixture) : IClassFixture<ServerFixture<Sqlite>>, IDisposable
{
    private static readonly HashSet<string> Reading = ["GET", "HEAD"];

    /// <summary>Routes that are for anybody though they take more than GET, and why a token gets nothing from them.</summary>
    private static readonly Dictionary<string, string> OpenToWriting = new()
    {
        ["POST /sign-in/{code}"] = "the code is the key, and a token is no code",
        ["POST /sign-in"] = "it mails a link, and takes the same steps whoever asks",
        ["POST /api/sign-in"] = "it mails a link, and takes the same steps whoever asks",
        ["POST /i/{secret}"] = "the secret is the key, and a token is no secret",
        ["POST /sign-out"] = "it ends the sign-in of the cookie that came with it, and a token is none",
        ["POST /rpc"] = "each method says whom it is for: RpcTests go through them",
    };

    private readonly HttpClient _client = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(fixture.Server.Address) };

    private RunningServer Server => fixture.Server;

    private IEnumerable<(string Method, RouteEndpoint Route, Audience? Audience)> Routes =>
        from endpoint in Server.Endpoints.OfType<RouteEndpoint>()
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]
        select (method, endpoint, Audiences.AudienceOf(endpoint));

    public void Dispose() => _client.Dispose();

    [Fact]
    public void Every_route_says_whom_it_is_for()
    {
        Assert.True(Routes.Count() > 30);
        Assert.DoesNotContain(Routes, r => r.Audience is null);
    }

    [Fact]
    public async Task A_route_that_does_not_say_whom_it_is_for_answers_nobody()
    {
        await using RunningServer server = await RunningServer.StartAsync(new Sqlite(), routes: app => app.MapGet("/undecided", () => "open"));

        foreach (HttpClient client in (HttpClient[])[server.Anyone, server.Owner])
            await (await client.GetAsync("/undecided")).ProblemAsync(500);
    }

    [Fact]
    public void Every_route_that_changes_something_is_for_accounts()
    {
        string[] open = [.. Routes.Where(r => !Reading.Contains(r.Method) && (r.Audience is Audience.Anyone or Audience.Readers)).Select(r => $"{r.Method} {Template(r.Route)}")];

        Assert.Equal(OpenToWriting.Keys.Order(), open.Order());
    }

    [Fact]
    public async Task Every_route_that_changes_something_refuses_a_token_and_changes_nothing()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one")], "?private=true&live=true");
        string token = (await Server.ShareByTokenAsync(id)).Text("shareToken");
        using TestBrowser stranger = await StrangersBrowserAsync();
        string before = await StateAsync(id);

        foreach ((string method, RouteEndpoint route, _) in Routes.Where(r => r.Audience is Audience.Accounts or Audience.Keys))
        {
            foreach (string? cookie in (string?[])[null, stranger.Cookie])
            {
                using HttpResponseMessage answer = await AskAsync(method, route, id, token, cookie);
                Assert.True(answer.StatusCode is HttpStatusCode.Unauthorized, $"{method} {Template(route)}: {answer.StatusCode}");
            }
        }
        foreach (string route in OpenToWriting.Keys.Where(r => r.EndsWith('}')))
        {
            using HttpResponseMessage answer = await AskAsync("POST", Routes.First(r => $"{r.Method} {Template(r.Route)}" == route).Route, id, token, null);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
        Assert.Equal(before, await StateAsync(id));
    }

    [Fact]
    public async Task Every_route_that_changes_a_session_is_not_there_for_another_account()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one")], "?live=true");
        string strangersKey = await Server.StrangersKeyAsync(), before = await StateAsync(id);
        using HttpClient stranger = Server.ClientWith(strangersKey);

        foreach ((string method, RouteEndpoint route, _) in Routes.Where(r => r.Audience is Audience.Accounts && r.Route.RoutePattern.Parameters.Any(p => p.Name == "id")))
        {
            using HttpResponseMessage answer = await AskAsync(method, route, id, strangersKey, null);
            // A form may lead to its page, which is not there either.
            HttpStatusCode status = answer.StatusCode is HttpStatusCode.SeeOther ? (await stranger.GetAsync(answer.Headers.Location)).StatusCode : answer.StatusCode;
            Assert.True(status is HttpStatusCode.NotFound, $"{method} {Template(route)}: {status}");
        }
        Assert.Equal(before, await StateAsync(id));
    }

    [Fact]
    public async Task Every_route_that_is_for_anyone_tells_a_token_nothing_of_its_session()
    {
        string id = await Server.ShareAsync([Bundles.Prompt("one")], "?private=true");
        string token = (await Server.ShareByTokenAsync(id)).Text("shareToken");

        foreach ((string method, RouteEndpoint route, _) in Routes.Where(r => r.Audience is Audience.Anyone && r.Route.RoutePattern.Parameters.Any(p => p.Name == "id")))
        {
            using HttpResponseMessage answer = await AskAsync(method, route, id, token, null);
            Assert.True(answer.StatusCode is HttpStatusCode.Unauthorized, $"{method} {Template(route)}: {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task Every_route_that_reads_a_session_opens_to_its_token_and_to_no_other()
    {
        string id = await Server.ShareAsync([Bundles.Blocks(Role.User, Picture)], "?private=true");
        string token = (await Server.ShareByTokenAsync(id)).Text("shareToken");
        string other = (await Server.ShareByTokenAsync(await Server.ShareAsync("two"))).Text("shareToken");

        // A route that names no session is about the one of the token that is presented.
        foreach ((string method, RouteEndpoint route, _) in Routes.Where(r => r.Audience is Audience.Readers && Reading.Contains(r.Method) && r.Route.RoutePattern.Parameters.Count > 0))
        {
            bool isByPath = route.RoutePattern.Parameters.Any(p => p.Name == "token");
            using HttpResponseMessage opened = await AskAsync(method, route, id, token, null, pathToken: token);
            // A token that names no session beside itself is refused only where nobody made it.
            string stranger = route.RoutePattern.Parameters.Any(p => p.Name == "id") ? other : Secret.NewToken();
            using HttpResponseMessage refused = await AskAsync(method, route, id, stranger, null, pathToken: isByPath ? Secret.NewToken() : "");
            Assert.True(opened.StatusCode is HttpStatusCode.OK, $"{method} {Template(route)}: {opened.StatusCode}");
            Assert.True(refused.StatusCode is HttpStatusCode.NotFound, $"{method} {Template(route)}: {refused.StatusCode}");
        }
    }

    [Fact]
    public async Task Every_page_for_members_is_not_there_for_anybody_else()
    {
        string id = await Server.ShareAsync("one"), strangersKey = await Server.StrangersKeyAsync();
        string token = (await Server.ShareByTokenAsync(id)).Text("shareToken");

        foreach ((string method, RouteEndpoint route, _) in Routes.Where(r => r.Audience is Audience.Members))
        {
            Assert.Contains(method, Reading);
            foreach (string credential in (string[])[token, strangersKey, Secret.NewKey()])
            {
                using HttpResponseMessage answer = await AskAsync(method, route, id, credential, null);
                Assert.True(answer.StatusCode is HttpStatusCode.NotFound, $"{method} {Template(route)}: {answer.StatusCode}");
            }
        }
    }

    private static string Template(RouteEndpoint route) => route.RoutePattern.RawText!.TrimEnd('/');

    private static object Picture => new { type = "image", source = new { type = "base64", media_type = "image/png", data = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==" } };

    private async Task<HttpResponseMessage> AskAsync(string method, RouteEndpoint route, string id, string credential, string? cookie, string pathToken = "none")
    {
        string path = string.Join('/', route.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
        {
            RoutePatternLiteralPart literal => literal.Content,
            RoutePatternParameterPart { Name: "id" } => id,
            RoutePatternParameterPart { Name: "token" } => pathToken,
            RoutePatternParameterPart { Name: "seq" } => "1",
            RoutePatternParameterPart { Name: "shareId" } => "link",
            RoutePatternParameterPart parameter => parameter.Name == "index" ? "0" : "1",
            _ => throw new InvalidOperationException(part.PartKind.ToString()),
        }))));
        using var request = new HttpRequestMessage(new HttpMethod(method), "/" + path) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", credential) } };
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie);
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        if (!Reading.Contains(method))
            request.Content = Body(route);
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    // A body that would do something if it were let.
    private static ByteArrayContent Body(RouteEndpoint route) => Template(route) switch
    {
        "/api/sessions" => Bundles.Content(Bundles.Of([Bundles.Prompt("theirs")])),
        "/api/sessions/{id}/messages" => Driver.Content("""{"expectedSeq":1,"entries":[{"role":"user","blocks":[]}]}"""),
        "/api/sessions/{id}/messages/{seq:long}" => Driver.Content("""{"role":"user","blocks":[]}"""),
        _ => Driver.Content("""{"title":"theirs","name":"theirs","text":"theirs","link":true,"isPublic":true,"expiresIn":60,"role":"viewer","accountId":1,"clientId":"theirs"}"""),
    };

    private async Task<string> StateAsync(string id) =>
        await Server.Owner.GetStringAsync($"/api/sessions/{id}") + await Server.Owner.GetStringAsync($"/api/sessions/{id}/bundle")
        + await Server.Owner.GetStringAsync($"/api/sessions/{id}/shares") + await Server.Owner.GetStringAsync("/api/keys");

    private async Task<TestBrowser> StrangersBrowserAsync()
    {
        using HttpClient stranger = Server.ClientWith(await Server.StrangersKeyAsync());
        return await TestBrowser.SignedInAsync(Server, client: stranger);
    }
}
