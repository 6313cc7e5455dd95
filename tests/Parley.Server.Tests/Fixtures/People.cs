using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Data;
using Parley.Server.Workspaces;

namespace Parley.Server.Tests.Fixtures;

/// <summary>People beside the owner, and how they come into sessions.</summary>
public static class People
{
    /// <summary>Makes an account with a key.</summary>
    public static async Task<Person> PersonAsync(this RunningServer server, string name, string? email = null)
    {
        long id = await server.Get<Database>().WriteAsync(
            c => c.FirstAsync("INSERT INTO accounts (name, email) VALUES ($1, $2) RETURNING id", row => row.Number(0), default, name, email));
        string key = (await server.Get<KeyStore>().CreateAsync(id, "key")).Key;
        return new Person(id, name, key, server.ClientWith(key));
    }

    /// <summary>Makes an account with a key that is a member of a session.</summary>
    public static async Task<Person> MemberAsync(this RunningServer server, string sessionId, string name, MemberRole role, string? email = null)
    {
        Person person = await server.PersonAsync(name, email);
        await server.Get<Database>().WriteAsync(async c =>
        {
            await MemberStore.PutAsync(c, sessionId, person.Id, role, server.Clock.GetUtcNow(), default);
            return true;
        });
        return person;
    }

    /// <summary>Invites somebody as the owner, or by a link where there is no address; what the server answers.</summary>
    public static async Task<JsonElement> InviteAsync(this HttpClient owner, string sessionId, string? email = null, string role = "prompter")
    {
        using HttpResponseMessage answer = await owner.PostAsJsonAsync($"/api/sessions/{sessionId}/invitations", new { email, role });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.JsonAsync();
    }

    /// <summary>The path of an invitation that the owner is to pass on.</summary>
    public static async Task<string> InvitationPathAsync(this HttpClient owner, string sessionId, string? email = null, string role = "prompter") =>
        new Uri((await owner.InviteAsync(sessionId, email, role)).Text("link")).AbsolutePath;

    /// <summary>Accepts an invitation in a browser; what the server answers.</summary>
    public static Task<HttpResponseMessage> AcceptAsync(this TestBrowser browser, string path, string name = "Sarah") => browser.SubmitAsync(path, ("name", name));

    /// <summary>The names and roles of a session's people, as somebody sees them.</summary>
    public static async Task<string[]> PeopleAsync(this HttpClient client, string sessionId) =>
        [.. (await client.JsonAsync($"/api/sessions/{sessionId}/members")).GetProperty("members").EnumerateArray().Select(m => $"{m.Text("name")}: {m.Text("role")}")];
}

/// <summary>Somebody with an account.</summary>
public sealed record Person(long Id, string Name, string Key, HttpClient Client);
