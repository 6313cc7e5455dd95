using System.Net;
using System.Net.Http.Json;

namespace Parley.Server.Tests.Fixtures;

/// <summary>A browser as far as signing in goes: it keeps cookies, says where its requests come from, and follows nothing by itself.</summary>
public sealed class TestBrowser : IDisposable
{
    private readonly CookieContainer _cookies = new();
    private readonly Uri _server;

    public TestBrowser(RunningServer server, string userAgent = "Test/1.0")
    {
        _server = new Uri(server.Address);
        Client = new HttpClient(new HttpClientHandler { CookieContainer = _cookies, AllowAutoRedirect = false }) { BaseAddress = _server };
        Client.DefaultRequestHeaders.Add("User-Agent", userAgent);
    }

    /// <summary>Sends without saying where from, as for an address that was typed in.</summary>
    public HttpClient Client { get; }

    /// <summary>What it sends as its Cookie header.</summary>
    public string Cookie => _cookies.GetCookieHeader(_server);

    /// <summary>A browser signed in by a link that the client made, the owner's unless said otherwise.</summary>
    public static async Task<TestBrowser> SignedInAsync(RunningServer server, string userAgent = "Test/1.0", HttpClient? client = null)
    {
        var browser = new TestBrowser(server, userAgent);
        using HttpResponseMessage pressed = await browser.PostAsync(await server.SignInLinkAsync(client));
        Assert.Equal(HttpStatusCode.SeeOther, pressed.StatusCode);
        return browser;
    }

    /// <summary>Posts from a page of this server.</summary>
    public Task<HttpResponseMessage> PostAsync(Uri address) => SendAsync(HttpMethod.Post, address.PathAndQuery);

    public Task<HttpResponseMessage> PostAsync(string path) => SendAsync(HttpMethod.Post, path);

    /// <summary>Sends from a page of this server, or with the headers that a page elsewhere would cause.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? json = null, params (string Name, string Value)[] origin)
    {
        using var request = new HttpRequestMessage(method, path) { Content = json is null ? null : JsonContent.Create(json) };
        foreach ((string name, string value) in origin.Length > 0 ? origin : [("Origin", _server.GetLeftPart(UriPartial.Authority))])
            request.Headers.Add(name, value);
        return await Client.SendAsync(request);
    }

    /// <summary>Sends a form from a page of this server.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(string path, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = form, Headers = { { "Origin", _server.GetLeftPart(UriPartial.Authority) } } };
        return await Client.SendAsync(request);
    }

    public void Dispose() => Client.Dispose();
}
