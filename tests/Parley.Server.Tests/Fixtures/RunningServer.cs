using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Parley.Core.Credentials;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Data;
using Parley.Server.Hosting;

namespace Parley.Server.Tests.Fixtures;

/// <summary>The whole server in this process: a real socket on a free port, a database of its own, and a clock that the test moves.</summary>
public sealed class RunningServer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly WebApplication _app;

    private RunningServer(DirectoryInfo folder, WebApplication app, ManualClock clock, string readyLine)
    {
        (_folder, _app, Clock, ReadyLine) = (folder, app, clock, readyLine);
        Address = ServerStart.Address(app);
        Key = new CredentialsFile(CredentialsPath).FindKey(Address)!;
        Anyone = new HttpClient { BaseAddress = new Uri(Address) };
        Owner = new HttpClient { BaseAddress = new Uri(Address), DefaultRequestHeaders = { Authorization = new("Bearer", Key) } };
    }

    public string Address { get; }

    public string ReadyLine { get; }

    public ManualClock Clock { get; }

    /// <summary>The key that the server made for its machine.</summary>
    public string Key { get; }

    public string Folder => _folder.FullName;

    public string CredentialsPath => Path.Combine(Folder, "config", "credentials.json");

    /// <summary>A client without a key.</summary>
    public HttpClient Anyone { get; }

    /// <summary>A client with the machine's key.</summary>
    public HttpClient Owner { get; }

    /// <summary>Everything that the server answers to.</summary>
    public IEnumerable<Endpoint> Endpoints => ((IEndpointRouteBuilder)_app).DataSources.SelectMany(source => source.Endpoints);

    public T Get<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    /// <param name="database">The kind of database.</param>
    /// <param name="settings">Environment variables beside the database's; rates are without limit unless they say so.</param>
    /// <param name="logs">Receives what the server logs.</param>
    /// <param name="routes">Adds to what the server answers to.</param>
    public static async Task<RunningServer> StartAsync(
        ITestDatabase database, Dictionary<string, string>? settings = null, ILoggerProvider? logs = null, Action<IEndpointRouteBuilder>? routes = null)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("parley-server-");
        Dictionary<string, string> environment = new(await database.CreateAsync(folder.FullName))
        {
            ["PORT"] = "0",
            ["PARLEY_LOG"] = "off",
            ["PARLEY_CREDENTIALS"] = Path.Combine(folder.FullName, "config", "credentials.json"),
            ["PARLEY_REQUESTS_PER_KEY"] = "0",
            ["PARLEY_REQUESTS_PER_ADDRESS"] = "0",
            ["PARLEY_MISSES_PER_ADDRESS"] = "0",
        };
        foreach ((string name, string value) in settings ?? [])
            environment[name] = value;
        var clock = new ManualClock();
        WebApplication app = Program.Build(new ServerEnvironment(environment.GetValueOrDefault).Read(), clock);
        routes?.Invoke(app);
        if (logs is not null)
            app.Services.GetRequiredService<ILoggerFactory>().AddProvider(logs);
        return new RunningServer(folder, app, clock, await app.StartServerAsync());
    }

    /// <summary>Uploads a bundle as the owner.</summary>
    public Task<HttpResponseMessage> UploadAsync(HttpContent bundle, string query = "", HttpClient? client = null) =>
        (client ?? Owner).PostAsync($"/api/sessions{query}", bundle);

    /// <summary>Uploads entries as the owner; the new session's id.</summary>
    public async Task<string> ShareAsync(IEnumerable<Entry> entries, string query = "", HttpClient? client = null)
    {
        using HttpResponseMessage answer = await UploadAsync(Bundles.Content(Bundles.Of(entries)), query, client);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("shareId").GetString()!;
    }

    public Task<string> ShareAsync(params string[] prompts) => ShareAsync(prompts.Select(Bundles.Prompt));

    /// <summary>Makes a token of a session as the owner; what the server answers.</summary>
    public Task<JsonElement> ShareByTokenAsync(string id, object? token = null) => ShareSessionAsync(id, new { token = token ?? new { } });

    /// <summary>Shares a session as the owner; what the server answers.</summary>
    public async Task<JsonElement> ShareSessionAsync(string id, object request)
    {
        using HttpResponseMessage answer = await Owner.PostAsJsonAsync($"/api/sessions/{id}/share", request);
        answer.EnsureSuccessStatusCode();
        return await answer.JsonAsync();
    }

    /// <summary>A link that signs a browser in, made by the owner unless said otherwise.</summary>
    public async Task<Uri> SignInLinkAsync(HttpClient? client = null)
    {
        using HttpResponseMessage answer = await (client ?? Owner).PostAsync("/api/sign-in-links", null);
        Assert.Equal(201, (int)answer.StatusCode);
        return new Uri((await answer.JsonAsync()).Text("url"));
    }

    /// <summary>A key of another account than the owner's.</summary>
    public async Task<string> StrangersKeyAsync()
    {
        long account = await Get<Database>().WriteAsync(
            c => c.FirstAsync("INSERT INTO accounts (name) VALUES ('stranger') RETURNING id", row => row.Number(0), default));
        return (await Get<KeyStore>().CreateAsync(account, "his")).Key;
    }

    /// <summary>A client that presents a key or a token.</summary>
    public HttpClient ClientWith(string key) =>
        new() { BaseAddress = new Uri(Address), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) } };

    /// <summary>Stops it, as when its process is asked to end.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Anyone.Dispose();
        Owner.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}

/// <summary>One server for all tests of a class.</summary>
public sealed class ServerFixture<TDatabase> : IAsyncLifetime where TDatabase : ITestDatabase, new()
{
    public RunningServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await RunningServer.StartAsync(new TDatabase());

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
