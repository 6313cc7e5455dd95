using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Parley.Bench.Live;
using Parley.Core.Credentials;

namespace Parley.Bench;

/// <summary>What the way to an MCP server of the author's machine costs: from the agent's call to its answer, through server and machine, beside a call of the MCP server itself.</summary>
internal static class Bridging
{
    private const string Look = "mcp__rogue__look";

    public static async Task<IReadOnlyList<Table>> RunAsync(Workbench bench)
    {
        string token = RandomNumberGenerator.GetHexString(64, lowercase: true);
        await using LocalServer server = await LocalServer.StartParleyAsync(bench, "bridging", ("PARLEY_RUNNER_TOKEN", token));
        string[] program = [Path.Combine(bench.Repository, "tests", "node", "rogue-server.mjs"), Path.Combine(bench.Folder, "journal")];
        Configure(bench, program);
        string id = JsonDocument.Parse((await Measure.ProcessAsync(Sharing.Share(bench, server, bench.Transcript(1)))).Output).RootElement.GetProperty("shareId"u8).GetString()!;
        await Measure.ProcessAsync(Parley(bench, server, "context", "add", id, "--mcp", "rogue"));
        using HttpClient owner = Client(server, new CredentialsFile(bench.CredentialsPath).FindKey(server.Address.ToString())!), runner = Client(server, token);
        (await owner.PostAsJsonAsync($"/api/sessions/{id}/share", new { mode = "multiplayer", context = new { mcps = (string[])["rogue"] } })).EnsureSuccessStatusCode();
        ProcessStartInfo bridge = Parley(bench, server, "bridge");
        bridge.RedirectStandardError = bridge.RedirectStandardOutput = true;
        using Process lending = Process.Start(bridge)!;
        try
        {
            JsonElement turn = await TakeAsync(owner, runner, id);
            int count = bench.Quick ? 100 : 1000;
            Distribution direct = await DirectAsync(program, count), bridged = await TimesAsync(count, () => CallAsync(runner, turn));
            TimeSpan overhead = bridged.P99 - direct.Median;
            var table = new Table("A tool of the author's machine", $"One call after the other, {count} times, on loopback and SQLite; the MCP server runs in Node over standard streams.", ["", "median", "99 %", "slowest"]);
            Add(table, "the MCP server itself", direct);
            Add(table, "over the bridge", bridged);
            table.Goal(overhead <= TimeSpan.FromMilliseconds(30), "the way adds at most 30 ms to 99 % of calls", Workbench.Milliseconds(overhead));
            return [table];
        }
        finally
        {
            lending.Kill(entireProcessTree: true);
        }
    }

    private static void Configure(Workbench bench, string[] program)
    {
        Directory.CreateDirectory(Path.Combine(bench.Folder, "claude"));
        File.WriteAllText(
            Path.Combine(bench.Folder, "claude", ".claude.json"), JsonSerializer.Serialize(new { mcpServers = new { rogue = new { command = "node", args = program } } }));
    }

    // Once its tools are known.
    private static async Task<JsonElement> TakeAsync(HttpClient owner, HttpClient runner, string id)
    {
        for (long began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(30); await Task.Delay(50))
        {
            JsonElement queue = await owner.GetFromJsonAsync<JsonElement>($"/api/sessions/{id}/turns");
            if (!queue.GetProperty("lent"u8).EnumerateArray().Any(lent => lent.GetProperty("state"u8).ValueEquals("here"u8)))
                continue;
            (await owner.PostAsJsonAsync($"/api/sessions/{id}/prompts", new { text = "Look.", clientId = "bench" })).EnsureSuccessStatusCode();
            using HttpResponseMessage taken = await runner.PostAsJsonAsync("/api/runner/take", new { runner = "bench", free = 1, wait = 10 });
            return await taken.Content.ReadFromJsonAsync<JsonElement>();
        }
        throw new BenchException("The machine did not open its MCP server.");
    }

    private static async Task CallAsync(HttpClient runner, JsonElement turn)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/runner/turns/{turn.GetProperty("turnId"u8).GetString()}/tools")
        {
            Headers = { { "Parley-Lease", turn.GetProperty("lease"u8).GetString() } },
            Content = JsonContent.Create(new { name = Look, input = new { } }),
        };
        using HttpResponseMessage answer = await runner.SendAsync(request);
        JsonElement receipt = await answer.Content.ReadFromJsonAsync<JsonElement>();
        if (receipt.GetProperty("isError"u8).GetBoolean())
            throw new BenchException($"The call failed: {receipt.GetProperty("text"u8).GetString()}");
    }

    private static async Task<Distribution> DirectAsync(string[] program, int count)
    {
        var start = new ProcessStartInfo("node", program) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        try
        {
            return await TimesAsync(count, async () =>
            {
                await process.StandardInput.WriteLineAsync("""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"look","arguments":{}}}""");
                _ = await process.StandardOutput.ReadLineAsync() ?? throw new BenchException("The MCP server has ended.");
            });
        }
        finally
        {
            process.Kill();
        }
    }

    private static async Task<Distribution> TimesAsync(int count, Func<Task> call)
    {
        for (int i = 0; i < count / 10; i++)
            await call();
        List<TimeSpan> times = [];
        for (int i = 0; i < count; i++)
        {
            long began = Stopwatch.GetTimestamp();
            await call();
            times.Add(Stopwatch.GetElapsedTime(began));
        }
        return new Distribution([.. times]);
    }

    private static ProcessStartInfo Parley(Workbench bench, LocalServer server, params string[] arguments)
    {
        ProcessStartInfo start = bench.Parley(arguments);
        start.Environment["SHARE_SERVER_URL"] = server.Address.ToString();
        return start;
    }

    private static HttpClient Client(LocalServer server, string token) =>
        new() { BaseAddress = server.Address, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };

    private static void Add(Table table, string what, Distribution times) =>
        table.Add(what, Workbench.Milliseconds(times.Median), Workbench.Milliseconds(times.P99), Workbench.Milliseconds(times.Slowest));
}
