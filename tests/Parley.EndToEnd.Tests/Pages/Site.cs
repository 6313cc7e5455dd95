using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;
using Parley.Core.Credentials;
using Parley.Core.Sessions;
using Parley.EndToEnd.Tests.Pages;
using Parley.Server.Hosting;
using Xunit;

[assembly: AssemblyFixture(typeof(Site))]

namespace Parley.EndToEnd.Tests.Pages;

/// <summary>A server in this process, a second one behind a path prefix, and one browser, shared by all tests of pages; each test has a context of its own.</summary>
public sealed class Site : IAsyncLifetime
{
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    // Milliseconds until something that is waited for counts as missing; only a machine that is busy with other things comes near it.
    private const float Patience = 15_000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-pages-");
    private readonly SemaphoreSlim _starting = new(1);
    private WebApplication _app = null!, _prefixed = null!;
    private IPlaywright _playwright = null!;

    private string CredentialsPath => Path.Combine(_folder.FullName, "credentials.json");

    public IBrowser Browser { get; private set; } = null!;

    public string Address { get; private set; } = null!;

    /// <summary>The address of the server whose pages are under a path prefix.</summary>
    public string PrefixedAddress { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        (_app, Address) = await StartServerAsync("plain", "");
        (_prefixed, PrefixedAddress) = await StartServerAsync("prefixed", "/some/prefix");
        _playwright = await Playwright.CreateAsync();
        Assertions.SetDefaultExpectTimeout(Patience);
        Browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = FindChromium(), Args = Arguments });
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        _playwright.Dispose();
        _starting.Dispose();
        await _app.DisposeAsync();
        await _prefixed.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    /// <summary>Shares entries; the path of the session's page.</summary>
    public async Task<string> ShareAsync(IEnumerable<Entry> entries, SessionHeader? header = null, string? address = null, string query = "")
    {
        address ??= Address;
        var bundle = new ArrayBufferWriter<byte>();
        var writer = new BundleWriter(bundle);
        writer.WriteHeader(header ?? new SessionHeader { Title = "A session", Project = "tidewatch", Branch = "main", Model = "claude-opus-4-8" });
        foreach (Entry entry in entries)
            writer.WriteEntry(entry);
        writer.WriteEnd();
        using HttpClient client = ClientOf(address);
        using var content = new ByteArrayContent(bundle.WrittenSpan.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue(BundleWriter.MediaType) } };
        using HttpResponseMessage answer = await client.PostAsync($"{address}/api/sessions{query}", content);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return $"{address}/s/{(await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("shareId").GetString()}";
    }

    /// <summary>A client with the key of a server's own machine.</summary>
    public HttpClient ClientOf(string address)
    {
        var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", new CredentialsFile(CredentialsPath).FindKey(address));
        return client;
    }

    /// <summary>A page that is signed in as the owner, by the link that the command makes.</summary>
    public async Task<WatchedPage> SignInAsync(string path = "/shares", BrowserNewContextOptions? options = null, string? address = null)
    {
        address ??= Address;
        using HttpClient client = ClientOf(address);
        using HttpResponseMessage answer = await client.PostAsync($"{address}/api/sign-in-links", null);
        string link = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("url").GetString()!;
        WatchedPage page = await OpenAsync($"{link}?to={Uri.EscapeDataString(path)}", options);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        return page;
    }

    /// <summary>A page in a context of its own that notices everything that must not happen.</summary>
    public async Task<WatchedPage> OpenAsync(string? address = null, BrowserNewContextOptions? options = null)
    {
        IBrowserContext context = await Browser.NewContextAsync(options ?? new());
        context.SetDefaultTimeout(Patience);
        WatchedPage page = await WatchedPage.CreateAsync(context);
        if (address is not null)
            await page.Page.GotoAsync(address);
        return page;
    }

    /// <summary>Starts a server on the database of that name; the address names its port.</summary>
    public async Task<(WebApplication App, string Address)> StartServerAsync(string name, string prefix = "", int port = 0)
    {
        string folder = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(folder);
        var environment = new Dictionary<string, string>
        {
            ["PORT"] = port.ToString(CultureInfo.InvariantCulture),
            ["DATABASE_PATH"] = Path.Combine(folder, "sessions.db"),
            ["PARLEY_CREDENTIALS"] = CredentialsPath,
            ["PARLEY_PATH_BASE"] = prefix,
            ["PARLEY_LOG"] = "off",
            ["PARLEY_REQUESTS_PER_KEY"] = "0",
            ["PARLEY_REQUESTS_PER_ADDRESS"] = "0",
            ["PARLEY_MISSES_PER_ADDRESS"] = "0",
        };
        WebApplication app = Parley.Server.Program.Build(new ServerEnvironment(environment.GetValueOrDefault).Read());
        // One after the other: each writes its key into the same file.
        await _starting.WaitAsync();
        try
        {
            await app.StartServerAsync();
        }
        finally
        {
            _starting.Release();
        }
        return (app, ServerStart.Address(app));
    }

    private static string? FindChromium()
    {
        if (Environment.GetEnvironmentVariable("PARLEY_CHROMIUM") is { Length: > 0 } given)
            return given;
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        string[] names = ["chromium", "chromium-browser", "google-chrome"];
        return names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }
}
