using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Workspaces;

/// <summary>
/// Every route of a session times every role: goes through the server's own table of routes, so that one that is added has to say here whom it lets in.
/// </summary>
public sealed class RightsTests(ServerFixture<Sqlite> fixture) : IClassFixture<ServerFixture<Sqlite>>, IDisposable
{
    private static readonly HashSet<string> Reading = ["GET", "HEAD"];

    private static readonly string[] Roles = ["stranger", "viewer", "suggester", "prompter", "owner"];

    /// <summary>Who is let in where. For everybody else the session is not there.</summary>
    private static readonly Dictionary<string, string[]> Table = new()
    {
        ["viewer suggester prompter owner"] =
        [
            "GET /api/sessions/{id}/permissions",
            "GET /api/sessions/{id}",
            "GET /api/sessions/{id}/agent",
            "GET /api/sessions/{id}/bundle",
            "GET /api/sessions/{id}/context",
            "GET /api/sessions/{id}/events",
            "GET /api/sessions/{id}/members",
            "GET /api/sessions/{id}/messages",
            "GET /api/sessions/{id}/room",
            "POST /api/sessions/{id}/seen",
            "GET /api/sessions/{id}/turns",
            "GET /c/{id}",
            "GET /c/{id}/export",
            "GET /c/{id}/images/{seq:long}/{index:int}",
            "GET /c/{id}/people",
            "GET /c/{id}/prompts",
            "GET /c/{id}/share",
            "GET /s/{id}",
            "GET /s/{id}/export",
            "GET /s/{id}/images/{seq:long}/{index:int}",
            "GET /s/{id}/prompts",
            "GET /s/{id}/share",
        ],
        ["suggester prompter owner"] =
        [
            "POST /api/sessions/{id}/notes",
            "POST /api/sessions/{id}/prompts",
            "POST /api/sessions/{id}/typing",
            "POST /c/{id}/say",
        ],
        // Whose prompt it is: the one that waits is the suggester's.
        ["suggester"] =
        [
            "DELETE /api/sessions/{id}/prompts/{turnId}",
            "PATCH /api/sessions/{id}/prompts/{turnId}",
        ],
        ["prompter owner"] =
        [
            "POST /api/sessions/{id}/interrupt",
            "POST /api/sessions/{id}/prompts/{turnId}/accept",
            "POST /api/sessions/{id}/prompts/{turnId}/decline",
            "POST /c/{id}/interrupt",
            "POST /c/{id}/prompts/{turnId}/{act}",
        ],
        ["owner"] =
        [
            "GET /api/sessions/{id}/runners",
            "POST /api/sessions/{id}/runners",
            "PUT /api/sessions/{id}/approvers/{accountId:long}",
            "DELETE /api/sessions/{id}/approvers/{accountId:long}",
            "POST /c/{id}/people/{accountId:long}/approver",
            "DELETE /api/sessions/{id}",
            "PATCH /api/sessions/{id}",
            "PATCH /api/sessions/{id}/agent",
            "GET /api/sessions/{id}/audit",
            "POST /api/sessions/{id}/close",
            "POST /api/sessions/{id}/context",
            "POST /api/sessions/{id}/context/blobs",
            "DELETE /api/sessions/{id}/context/{resourceId}",
            "PATCH /api/sessions/{id}/context/{resourceId}",
            "GET /api/sessions/{id}/context/{resourceId}/files",
            "POST /api/sessions/{id}/deltas",
            "GET /api/sessions/{id}/invitations",
            "POST /api/sessions/{id}/invitations",
            "DELETE /api/sessions/{id}/invitations/{invitationId}",
            "DELETE /api/sessions/{id}/members/{accountId:long}",
            "PATCH /api/sessions/{id}/members/{accountId:long}",
            "POST /api/sessions/{id}/messages",
            "PUT /api/sessions/{id}/messages/{seq:long}",
            "POST /api/sessions/{id}/owner",
            "POST /api/sessions/{id}/share",
            "GET /api/sessions/{id}/shares",
            "DELETE /api/sessions/{id}/shares/{shareId}",
            "PATCH /api/sessions/{id}/shares/{shareId}",
            "POST /c/{id}/close",
            "POST /c/{id}/context/{resourceId}/permission",
            "POST /c/{id}/context/{resourceId}/remove",
            "GET /c/{id}/people/invitations/{invitationId}",
            "POST /c/{id}/people/invitations/{invitationId}/withdraw",
            "POST /c/{id}/people/invite",
            "POST /c/{id}/people/{accountId:long}/owner",
            "POST /c/{id}/people/{accountId:long}/remove",
            "POST /c/{id}/people/{accountId:long}/role",
            "GET /s/{id}/promote",
            "POST /s/{id}/promote",
            "GET /shares/{id}",
            "GET /shares/{id}/audit",
            "GET /shares/{id}/delete",
            "POST /shares/{id}/delete",
            "POST /shares/{id}/expiry",
            "POST /shares/{id}/link",
            "POST /shares/{id}/title",
            "POST /shares/{id}/tokens",
            "GET /shares/{id}/ways/{shareId}",
            "POST /shares/{id}/ways/{shareId}/expiry",
            "POST /shares/{id}/ways/{shareId}/revoke",
        ],
        // A machine and what it asks for: none of it is here, and each has tests of its own.
        [""] =
        [
            "DELETE /api/sessions/{id}/runners/{runnerId}",
            "POST /api/sessions/{id}/permissions/{permissionId}/allow",
            "POST /api/sessions/{id}/permissions/{permissionId}/deny",
            "POST /c/{id}/permissions/{permissionId}/{act}",
        ],
    };

    private static object Picture => new { type = "image", source = new { type = "base64", media_type = "image/png", data = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==" } };

    private readonly HttpClient _client = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(fixture.Server.Address) };

    private RunningServer Server => fixture.Server;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Every_route_of_a_session_lets_in_whom_the_table_says_and_nobody_else()
    {
        Dictionary<string, string> found = [];
        foreach ((string method, RouteEndpoint route) in Routes())
        {
            List<string> let = [];
            Workspace place = await OpenAsync();
            foreach (string role in Roles)
            {
                if (!await IsLetInAsync(method, route, place, role))
                    continue;
                let.Add(role);
                if (!Reading.Contains(method))
                    place = await OpenAsync();
            }
            found[$"{method} {route.RoutePattern.RawText!.TrimEnd('/')}"] = string.Join(' ', let);
        }

        string[] expected = [.. Table.SelectMany(line => line.Value.Select(route => $"{route}: {line.Key}"))], actual = [.. found.Select(line => $"{line.Key}: {line.Value}")];
        Assert.Empty(expected.Except(actual));
        Assert.Empty(actual.Except(expected));
    }

    private IEnumerable<(string Method, RouteEndpoint Route)> Routes() =>
        from endpoint in Server.Endpoints.OfType<RouteEndpoint>()
        where endpoint.RoutePattern.Parameters.Any(p => p.Name == "id") && Audiences.AudienceOf(endpoint) is Audience.Accounts or Audience.Readers or Audience.Anyone
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]
        where method != "HEAD"
        select (method, endpoint);

    /// <summary>A workspace with one of each, and one of everything that its routes name.</summary>
    private async Task<Workspace> OpenAsync()
    {
        string id = await Server.ShareAsync([Bundles.Blocks(Role.User, Picture)], "?private=true");
        await Server.ShareSessionAsync(id, new { mode = "multiplayer" });
        Dictionary<string, Person> people = new()
        {
            ["stranger"] = await Server.PersonAsync("Stranger"),
            ["viewer"] = await Server.MemberAsync(id, "Viewer", MemberRole.Viewer),
            ["suggester"] = await Server.MemberAsync(id, "Suggester", MemberRole.Suggester),
            ["prompter"] = await Server.MemberAsync(id, "Prompter", MemberRole.Prompter),
            ["owner"] = new Person(1, "owner", Server.Key, Server.Owner),
        };
        Person other = await Server.MemberAsync(id, "Other", MemberRole.Viewer);
        await Server.Owner.InviteAsync(id, "guest@example.org");
        string invitation = (await Server.Owner.JsonAsync($"/api/sessions/{id}/invitations")).GetProperty("invitations")[0].Text("invitationId");
        using HttpResponseMessage suggested = await people["suggester"].Client.PostAsJsonAsync($"/api/sessions/{id}/prompts", new { text = "what if", clientId = "one" });
        suggested.EnsureSuccessStatusCode();
        JsonElement turn = await suggested.JsonAsync();
        string resource = await new Folder("service", ("tides.ts", "export {};")).AddAsync(Server, id);
        string token = (await Server.ShareByTokenAsync(id)).Text("shareId");
        return new Workspace(id, people, new()
        {
            ["id"] = id,
            ["accountId"] = $"{other.Id}",
            ["invitationId"] = invitation,
            ["turnId"] = turn.GetProperty("turnId").ToString(),
            ["shareId"] = token,
            ["seq"] = "1",
            ["index"] = "0",
            ["act"] = "accept",
            ["resourceId"] = resource,
        });
    }

    // A form leads to a page whatever has become of it: then what counts is whether anything has.
    private async Task<bool> IsLetInAsync(string method, RouteEndpoint route, Workspace place, string role)
    {
        string before = Reading.Contains(method) ? "" : await StateAsync(place);
        using HttpRequestMessage request = Request(method, route, place, role);
        using HttpResponseMessage answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        // What can't be done at the moment is refused to those who may in another way than to those who may not, but for prompts, where whose it is decides.
        bool isConflict = answer.StatusCode is HttpStatusCode.Conflict && !route.RoutePattern.Parameters.Any(p => p.Name == "turnId");
        return answer.IsSuccessStatusCode || isConflict || answer.StatusCode is HttpStatusCode.BadRequest
            || (answer.StatusCode is HttpStatusCode.SeeOther && await StateAsync(place) != before);
    }

    private async Task<string> StateAsync(Workspace place)
    {
        string state = "";
        foreach (string part in (string[])["", "/permissions", "/members", "/invitations", "/shares", "/turns", "/context", "/messages"])
        {
            using HttpResponseMessage answer = await Server.Owner.GetAsync($"/api/sessions/{place.Id}{part}");
            state += await answer.Content.ReadAsStringAsync();
        }
        return state;
    }

    private static HttpRequestMessage Request(string method, RouteEndpoint route, Workspace place, string role)
    {
        string path = string.Join('/', route.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
        {
            RoutePatternLiteralPart literal => literal.Content,
            RoutePatternParameterPart parameter => place.Names.GetValueOrDefault(parameter.Name, "none"),
            _ => throw new InvalidOperationException(part.PartKind.ToString()),
        }))));
        var request = new HttpRequestMessage(new HttpMethod(method), "/" + path) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", place.People[role].Key) } };
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        if (!Reading.Contains(method))
            request.Content = path.StartsWith("api/", StringComparison.Ordinal) ? Json(place) : Form();
        return request;
    }

    // Bodies that do something wherever they are let.
    private static StringContent Json(Workspace place) => Driver.Content(
        $$"""{"title":"theirs","text":"theirs","clientId":"two","link":true,"role":"suggester","accountId":{{place.Names["accountId"]}},"expiresIn":60,"seq":1,"permission":"members"}""");

    private static FormUrlEncodedContent Form() => new(new Dictionary<string, string>
    {
        ["title"] = "theirs",
        ["text"] = "theirs",
        ["clientId"] = "two",
        ["role"] = "suggester",
        ["email"] = "theirs@example.org",
        ["sure"] = "yes",
        ["expiresIn"] = "60",
        ["permission"] = "members",
        ["name"] = "theirs",
        ["approves"] = "yes",
    });

    private sealed record Workspace(string Id, Dictionary<string, Person> People, Dictionary<string, string> Names);
}
