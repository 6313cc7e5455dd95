using System.Net;
using System.Security.Cryptography;
using Parley.Tests;

namespace Parley.Server.Tests.Fixtures;

/// <summary>A real OpenID provider on loopback, in which whoever comes is who it was last told.</summary>
public sealed class OpenIdProvider : IAsyncDisposable
{
    private readonly NodeProgram _program;
    private readonly string _secret = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));

    private OpenIdProvider(NodeProgram program, long port) => (_program, Issuer) = (program, $"http://127.0.0.1:{port}");

    public string Issuer { get; }

    /// <summary>What a server is told to sign people in by it.</summary>
    public Dictionary<string, string> Settings => new()
    {
        ["PARLEY_OIDC_ISSUER"] = Issuer,
        ["PARLEY_OIDC_CLIENT_ID"] = "parley",
        ["PARLEY_OIDC_CLIENT_SECRET"] = _secret,
    };

    public static async Task<OpenIdProvider> StartAsync()
    {
        NodeProgram program = NodeProgram.Start("openid-provider.mjs", new { });
        return new OpenIdProvider(program, (await program.HearAsync()).Number("port"));
    }

    /// <summary>Makes a server known to it as its client.</summary>
    public Task TrustAsync(RunningServer server) => TellAsync(new { clientId = "parley", clientSecret = _secret, redirect = $"{server.Address}/sign-in/oidc/callback" });

    /// <summary>Says who comes from now on.</summary>
    public Task BeAsync(string sub, string name, string email, bool isVerified = true) => TellAsync(new { sub, name, email, email_verified = isVerified });

    /// <summary>Goes there and back as a browser does; what the server answers in the end.</summary>
    public async Task<HttpResponseMessage> SignInAsync(TestBrowser browser, string query = "", Func<string, string>? back = null)
    {
        using HttpResponseMessage begun = await browser.Client.GetAsync($"/sign-in/oidc{query}");
        Uri next = begun.Headers.Location!;
        using var there = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });
        while (next.AbsoluteUri.StartsWith(Issuer, StringComparison.Ordinal))
        {
            using HttpResponseMessage answer = await there.GetAsync(next);
            next = new Uri(next, answer.Headers.Location ?? throw new InvalidOperationException(await answer.Content.ReadAsStringAsync()));
        }
        return await browser.Client.GetAsync(back is null ? next.PathAndQuery : back(next.PathAndQuery));
    }

    private async Task TellAsync(object line)
    {
        await _program.TellAsync(line);
        await _program.HearAsync();
    }

    public ValueTask DisposeAsync() => _program.DisposeAsync();
}
