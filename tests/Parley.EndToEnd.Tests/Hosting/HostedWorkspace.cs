using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Parley.Core.Credentials;
using Parley.Core.Sessions;
using Parley.EndToEnd.Tests.ClaudeCode;
using Parley.EndToEnd.Tests.Command;
using Parley.Server.Data;
using Parley.Server.Hosting;
using Parley.Server.Live;
using Xunit;

namespace Parley.EndToEnd.Tests.Hosting;

/// <summary>A workspace on a server whose clock leaps, and its owner's machine with the real client, whose model is scripted.</summary>
public sealed class HostedWorkspace : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly WebApplication _app;
    private readonly List<HttpClient> _clients = [];

    private HostedWorkspace(DirectoryInfo folder, WebApplication app, LeapingClock clock, ScriptedModel model, string credentials)
    {
        (_folder, _app, Clock, Model) = (folder, app, clock, model);
        Server = ServerStart.Address(app);
        Key = new CredentialsFile(credentials).FindKey(Server)!;
        Owner = ClientWith(Key);
        Network = new CuttableNetwork(new Uri(Server).Port);
        Home.Environment["SHARE_SERVER_URL"] = Network.Address;
        Home.Environment["SHARE_API_KEY"] = Key;
        foreach ((string name, string value) in RealClient.Variables(Home.PathOf(), model))
            Home.Environment[name] = value;
        Home.Environment["PATH"] = $"{Path.GetDirectoryName(RealClient.Path)}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";
        var settings = new JsonObject { ["hasCompletedOnboarding"] = true, ["customApiKeyResponses"] = new JsonObject { ["approved"] = new JsonArray("sk-ant-" + "scripted") } };
        File.WriteAllText(Home.PathOf(".claude.json"), settings.ToJsonString());
    }

    public string Server { get; }

    public string Key { get; }

    public string Id { get; private set; } = "";

    public LeapingClock Clock { get; }

    public ScriptedModel Model { get; }

    public Home Home { get; } = new();

    /// <summary>The way from the owner's machine to the server.</summary>
    public CuttableNetwork Network { get; }

    public HttpClient Owner { get; }

    /// <summary>Opens a workspace in which something was said before. Skips the test where the client or its sandbox is not there.</summary>
    public static async Task<HostedWorkspace> OpenAsync(bool needsSandbox = true)
    {
        RealClient.Require();
        if (needsSandbox)
            Assert.SkipUnless(File.Exists("/usr/bin/bwrap"), "This test needs bubblewrap: `apt install bubblewrap`.");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("parley-hosted-");
        string credentials = Path.Combine(folder.FullName, "credentials.json");
        var environment = new Dictionary<string, string>
        {
            ["PORT"] = "0",
            ["DATABASE_PATH"] = Path.Combine(folder.FullName, "sessions.db"),
            ["PARLEY_CREDENTIALS"] = credentials,
            ["PARLEY_LOG"] = "off",
            ["PARLEY_REQUESTS_PER_KEY"] = "0",
            ["PARLEY_REQUESTS_PER_ADDRESS"] = "0",
        };
        var clock = new LeapingClock();
        WebApplication app = Parley.Server.Program.Build(new ServerEnvironment(environment.GetValueOrDefault).Read(), clock);
        await app.StartServerAsync();
        var workspace = new HostedWorkspace(folder, app, clock, await ScriptedModel.StartAsync(), credentials);
        await workspace.PromoteAsync();
        return workspace;
    }

    /// <summary>Starts the host, and waits until it answers there.</summary>
    public async Task<HostProcess> HostAsync(params string[] options)
    {
        var host = new HostProcess(Home.Start(["host", Id, "--json", .. options]));
        await host.WaitForAsync("ready");
        return host;
    }

    /// <summary>Shares a folder with one file with the agent.</summary>
    public async Task ShareFileAsync(string folder, string name, string content)
    {
        Directory.CreateDirectory(Path.Combine(Home.Project, folder));
        await File.WriteAllTextAsync(Path.Combine(Home.Project, folder, name), content);
        (await Home.RunAsync("context", "add", Id, "--files", folder)).Succeeded();
        await PermitAsync(folder, "agent");
    }

    public async Task PermitAsync(string folder, string permission) => (await Home.RunAsync("context", "permit", Id, folder, permission)).Succeeded();

    /// <summary>Prompts; the turn's id.</summary>
    public async Task<string> PromptAsync(string text, HttpClient? by = null) =>
        (await PostAsync("/prompts", new { text, clientId = Guid.NewGuid().ToString() }, by)).GetProperty("turnId").GetString()!;

    public async Task<JsonElement> PostAsync(string path, object body, HttpClient? by = null)
    {
        using HttpResponseMessage answer = await (by ?? Owner).PostAsJsonAsync($"/api/sessions/{Id}{path}", body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public Task<JsonElement> GetAsync(string path) => Owner.GetFromJsonAsync<JsonElement>($"/api/sessions/{Id}{path}");

    /// <summary>The newest card, once there is one.</summary>
    public async Task<JsonElement> CardAsync()
    {
        JsonElement[] cards = [];
        await Eventually.TrueAsync(async () => (cards = await CardsAsync()).Length > 0);
        return cards[^1];
    }

    public async Task<JsonElement[]> CardsAsync() => [.. (await GetAsync("/permissions")).GetProperty("permissions").EnumerateArray()];

    public async Task DecideAsync(JsonElement card, string what) => await PostAsync($"/permissions/{card.GetProperty("permissionId").GetString()}/{what}", new { });

    /// <summary>Lets what waits to be decided on run out now.</summary>
    public async Task ExpireAsync(JsonElement card)
    {
        await _app.Services.GetRequiredService<Database>().WriteAsync(connection => connection.ExecuteAsync(
            "UPDATE permission_requests SET expires_at = $2 WHERE id = $1", default, card.GetProperty("permissionId").GetString(), Clock.GetUtcNow()));
        _app.Services.GetRequiredService<Wakes>().Announce(Id, Wake.Room);
    }

    /// <summary>What stands in the log: the role and the first text of each entry, or what its first block is.</summary>
    public async Task<string[]> EntriesAsync() =>
        [.. (await GetAsync("/messages?limit=200")).GetProperty("messages").EnumerateArray().Select(Say)];

    /// <summary>Waits until nothing runs or waits any more; what was said since a prompt of that text.</summary>
    public async Task<string[]> AnswerAsync(string prompt)
    {
        await Eventually.TrueAsync(async () => (await GetAsync("/turns")).GetProperty("turns").GetArrayLength() == 0);
        string[] entries = await EntriesAsync();
        return entries[(Array.FindLastIndex(entries, entry => entry == $"user: {prompt}") + 1)..];
    }

    /// <summary>Somebody who joins, with a key of their own.</summary>
    public async Task<HttpClient> JoinAsync(string name, MemberRole role)
    {
        Database database = _app.Services.GetRequiredService<Database>();
        long account = await database.WriteAsync(c => c.FirstAsync("INSERT INTO accounts (name) VALUES ($1) RETURNING id", row => row.Number(0), default, name));
        await database.WriteAsync(c => c.ExecuteAsync(
            "INSERT INTO members (session_id, account_id, role, joined_at) VALUES ($1, $2, $3, $4)", default, Id, account, MemberRoles.Name(role), Clock.GetUtcNow()));
        return ClientWith((await _app.Services.GetRequiredService<Parley.Server.Accounts.KeyStore>().CreateAsync(account, name)).Key);
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await Network.DisposeAsync();
        await _app.DisposeAsync();
        await Model.DisposeAsync();
        Home.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task PromoteAsync()
    {
        var bundle = new ArrayBufferWriter<byte>();
        var writer = new BundleWriter(bundle);
        writer.WriteHeader(new SessionHeader { Title = "Low water", Project = "tidewatch" });
        writer.WriteEntry(new Entry { Role = Role.User, Blocks = Text("Why is low water late?") });
        writer.WriteEntry(new Entry { Role = Role.Assistant, Model = "claude-opus-4-8", Blocks = Text("By an hour: the clocks went back.") });
        writer.WriteEnd();
        using var content = new ByteArrayContent(bundle.WrittenSpan.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue(BundleWriter.MediaType) } };
        using HttpResponseMessage shared = await Owner.PostAsync("/api/sessions?private=true", content);
        Id = (await shared.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("shareId").GetString()!;
        await PostAsync("/share", new { mode = "multiplayer", recipients = Array.Empty<string>(), context = new { files = Array.Empty<string>(), memory = false, mcps = Array.Empty<string>() } });
    }

    private HttpClient ClientWith(string key)
    {
        var client = new HttpClient { BaseAddress = new Uri(Server), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) } };
        _clients.Add(client);
        return client;
    }

    private static byte[] Text(string text) => JsonSerializer.SerializeToUtf8Bytes<object[]>([new { type = "text", text }]);

    private static string Say(JsonElement entry)
    {
        JsonElement block = entry.GetProperty("blocks")[0];
        string says = block.GetProperty("type").GetString() switch
        {
            "text" => block.GetProperty("text").GetString()!,
            "tool_use" => $"{block.GetProperty("name").GetString()}",
            "tool_result" when block.GetProperty("content") is { ValueKind: JsonValueKind.String } content => $"= {content.GetString()!.TrimEnd()}",
            "event" => string.Create(CultureInfo.InvariantCulture, $"{block.GetProperty("event").GetString()}"),
            var other => other!,
        };
        return $"{entry.GetProperty("role").GetString()}: {says}";
    }
}
