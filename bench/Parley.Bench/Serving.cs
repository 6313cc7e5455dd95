using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Parley.Bench;

/// <summary>Sending the page of a session with 50 entries, beside a small server that sends the same entries as JSON.</summary>
internal static partial class Serving
{
    private const int Connections = 32, Entries = 50;
    private const double Goal = 2;

    public static async Task<IReadOnlyList<Table>> RunAsync(Workbench bench)
    {
        await using LocalServer parley = await LocalServer.StartParleyAsync(bench, "serving");
        Run shared = await Measure.ProcessAsync(Sharing.Share(bench, parley, bench.Transcript(1)));
        string id = JsonDocument.Parse(shared.Output).RootElement.GetProperty("shareId"u8).GetString()!;
        await using LocalServer hono = await LocalServer.StartHonoAsync(bench, await MessagesAsync(bench, parley, id));

        int seconds = bench.Quick ? 1 : 6;
        var table = new Table("Reading a session over HTTP",
            $"`wrk -t1 -c{Connections} -d{seconds}s --latency` with `Accept-Encoding: gzip` on the same machine, {bench.Runs(3)} runs of each in turn, their median. "
            + $"Parley sends the page `/s/{{id}}` with its first {Entries} entries and decides access at every request; the peer reads the same {Entries} entries from SQLite and sends them as JSON, "
            + "without images in them, since the page links those.",
            ["", "requests/s", "p99", "bytes sent"]);
        Target[] targets = [new("Parley, `/s/{id}`", new Uri(parley.Address, $"/s/{id}")), new("Hono on Bun, JSON", new Uri(hono.Address, "/api/sessions/sample/messages"))];
        foreach (Target target in targets)
            await LoadAsync(bench, target, 1);
        for (int i = 0; i < bench.Runs(3); i++)
            foreach (Target target in targets)
                target.Loads.Add(await LoadAsync(bench, target, seconds));

        foreach (Target target in targets)
            table.Add(target.Name, Workbench.Whole(target.Median.PerSecond), target.Median.P99, Workbench.Whole(await SizeAsync(target.Address)));
        double times = targets[0].Median.PerSecond / targets[1].Median.PerSecond;
        table.Goal(times >= Goal, $"at least {Goal:0} times the peer's requests/s", times.ToString("0.0", CultureInfo.InvariantCulture) + " times");
        return [table];
    }

    private static async Task<Load> LoadAsync(Workbench bench, Target target, int seconds)
    {
        Run run = await Measure.ProcessAsync(bench.Command("wrk", "-t1", $"-c{Connections}", $"-d{seconds}s", "--latency", "-H", "Accept-Encoding: gzip", target.Address.ToString()));
        if (run.Output.Contains("Non-2xx", StringComparison.Ordinal))
            throw new BenchException($"{target.Address} answered with errors: {run.Output}");
        return new Load(double.Parse(PerSecond().Match(run.Output).Groups[1].Value, CultureInfo.InvariantCulture), P99().Match(run.Output).Groups[1].Value);
    }

    // The entries as the API gives them, images replaced by the links that the page has in their place.
    private static async Task<string> MessagesAsync(Workbench bench, LocalServer server, string id)
    {
        using var http = new HttpClient();
        JsonArray messages = JsonNode.Parse(await http.GetStringAsync(new Uri(server.Address, $"/api/sessions/{id}/messages?limit={Entries}")))!["messages"]!.AsArray();
        if (messages.Count != Entries)
            throw new BenchException($"The sample gave {messages.Count} entries instead of {Entries}.");
        string path = Path.Combine(bench.Folder, "messages.json");
        await File.WriteAllTextAsync(path, ImageData().Replace(messages.ToJsonString(), "\"data\":\"/s/sample/images/1/0\""));
        return path;
    }

    private static async Task<long> SizeAsync(Uri address)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { { "Accept-Encoding", "gzip" } } };
        using HttpResponseMessage response = await http.SendAsync(request);
        return (await response.Content.ReadAsByteArrayAsync()).Length;
    }

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex PerSecond();

    [GeneratedRegex(@"99%\s+(\S+)")]
    private static partial Regex P99();

    [GeneratedRegex("\"data\":\"[A-Za-z0-9+/=]{1000,}\"|\"data\":\"(?:[A-Za-z0-9/=]|\\\\u002B){1000,}\"")]
    private static partial Regex ImageData();

    private sealed record Target(string Name, Uri Address)
    {
        public List<Load> Loads { get; } = [];

        public Load Median => Loads.OrderBy(l => l.PerSecond).ElementAt(Loads.Count / 2);
    }

    private sealed record Load(double PerSecond, string P99);
}
