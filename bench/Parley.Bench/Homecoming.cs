using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Parley.Bench;

/// <summary>What a paused session's client waits for when a prompt is typed, and how long a conversation takes to come home.</summary>
internal static class Homecoming
{
    private const int Messages = 10_000, Hooks = 500;

    private static readonly TimeSpan HookGoal = TimeSpan.FromMilliseconds(50), HomeGoal = TimeSpan.FromSeconds(3);

    public static async Task<IReadOnlyList<Table>> RunAsync(Workbench bench)
    {
        int messages = bench.Quick ? 100 : Messages;
        await using LocalServer server = await LocalServer.StartParleyAsync(bench, "homecoming");
        string project = Directory.CreateDirectory(Path.Combine(bench.Folder, "shop")).FullName, id = Guid.NewGuid().ToString();
        WriteTranscript(bench, project, id, messages);
        Run shared = await Measure.ProcessAsync(In(bench, server, project, "share", id, "--to", "ana@example.org", "--yes", "--json"));
        string workspace = JsonDocument.Parse(shared.Output).RootElement.GetProperty("shareId"u8).GetString()!;
        await SayAsync(bench, server, workspace);
        return [await HomeAsync(bench, server, project, workspace, messages), await HookAsync(bench, server, project, id)];
    }

    private static async Task<Table> HomeAsync(Workbench bench, LocalServer server, string project, string workspace, int messages)
    {
        var table = new Table(
            "Taking a workspace home",
            $"`parley home ID --json` of a workspace of {Workbench.Whole(messages)} messages on the same machine (SQLite), into a project of its own each time; whole process, median of {bench.Runs(5)} runs.",
            ["", "wall"]);
        foreach ((string name, bool isHere) in new[] { ("the original is here", true), ("on another machine", false) })
        {
            List<TimeSpan> runs = [];
            for (int i = 0; i < bench.Runs(5); i++)
            {
                string into = Directory.CreateDirectory(Path.Combine(bench.Folder, $"home-{isHere}-{i}")).FullName;
                ProcessStartInfo start = In(bench, server, project, "home", workspace, "--into", into, "--json");
                if (!isHere)
                    start.Environment["XDG_STATE_HOME"] = Path.Combine(bench.Folder, "elsewhere");
                runs.Add((await Measure.ProcessAsync(start)).Wall);
            }
            runs.Sort();
            TimeSpan median = runs[runs.Count / 2];
            table.Add(name, Workbench.Seconds(median));
            table.Goal(median <= HomeGoal, $"{Workbench.Whole(messages)} messages in at most {Workbench.Seconds(HomeGoal)}, {name}", Workbench.Seconds(median));
        }
        return table;
    }

    private static async Task<Table> HookAsync(Workbench bench, LocalServer server, string project, string id)
    {
        var table = new Table(
            "A prompt in a paused session",
            $"From the hook's call to its answer, over the standard streams of a companion that is running, of {Hooks} calls; and `parley hook`, a process for each prompt, of {bench.Runs(20)}.",
            ["", "median", "p99", "worst"]);
        (TimeSpan[] calls, TimeSpan[] processes) = (await CallAsync(In(bench, server, project, "mcp"), id), await RunHooksAsync(bench, server, project, id));
        Add("asked of the companion", calls);
        Add("`parley hook`", processes);
        table.Goal(At(calls, 0.99) <= HookGoal, $"p99 of at most {Workbench.Milliseconds(HookGoal)}", Workbench.Milliseconds(At(calls, 0.99)));
        return table;

        void Add(string name, TimeSpan[] times) => table.Add(name, Workbench.Milliseconds(At(times, 0.5)), Workbench.Milliseconds(At(times, 0.99)), Workbench.Milliseconds(times[^1]));
    }

    private static async Task<TimeSpan[]> CallAsync(ProcessStartInfo start, string id)
    {
        (start.RedirectStandardInput, start.RedirectStandardOutput) = (true, true);
        using Process companion = Process.Start(start) ?? throw new BenchException("The companion does not start.");
        try
        {
            await AskAsync(companion, 0, "initialize", new JsonObject { ["protocolVersion"] = "2025-11-25", ["capabilities"] = new JsonObject(), ["clientInfo"] = new JsonObject { ["name"] = "bench", ["version"] = "1" } });
            await companion.StandardInput.WriteLineAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
            var times = new TimeSpan[Hooks];
            for (int i = 0; i < Hooks; i++)
            {
                var arguments = new JsonObject { ["name"] = "session_is_current", ["arguments"] = new JsonObject { ["sessionId"] = id, ["prompt"] = "and now?" } };
                long began = Stopwatch.GetTimestamp();
                string answer = await AskAsync(companion, i + 1, "tools/call", arguments);
                times[i] = Stopwatch.GetElapsedTime(began);
                if (!answer.Contains("Paused", StringComparison.Ordinal))
                    throw new BenchException($"The session is not paused: {answer}");
            }
            Array.Sort(times);
            return times;
        }
        finally
        {
            companion.StandardInput.Close();
            await companion.WaitForExitAsync();
        }
    }

    private static async Task<string> AskAsync(Process companion, int number, string method, JsonObject parameters)
    {
        var request = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = number, ["method"] = method, ["params"] = parameters };
        await companion.StandardInput.WriteLineAsync(request.ToJsonString());
        await companion.StandardInput.FlushAsync();
        while (await companion.StandardOutput.ReadLineAsync() is { } line)
            if (line.Contains($"\"id\":{number}", StringComparison.Ordinal))
                return line;
        throw new BenchException("The companion has ended.");
    }

    private static async Task<TimeSpan[]> RunHooksAsync(Workbench bench, LocalServer server, string project, string id)
    {
        string input = Path.Combine(bench.Folder, "hook.json");
        await File.WriteAllTextAsync(input, new JsonObject { ["session_id"] = id, ["hook_event_name"] = "UserPromptSubmit", ["prompt"] = "and now?" }.ToJsonString());
        var times = new List<TimeSpan>();
        for (int i = 0; i < bench.Runs(20); i++)
        {
            ProcessStartInfo hook = In(bench, server, project, "hook"), shell = bench.Command("/bin/sh", "-c", "exec \"$0\" hook < \"$1\"", hook.FileName, input);
            times.Add((await Measure.ProcessAsync(shell)).Wall);
        }
        times.Sort();
        return [.. times];
    }

    private static TimeSpan At(TimeSpan[] sorted, double part) => sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * part))];

    private static async Task SayAsync(Workbench bench, LocalServer server, string workspace)
    {
        using JsonDocument credentials = JsonDocument.Parse(await File.ReadAllBytesAsync(bench.CredentialsPath));
        string key = credentials.RootElement.GetProperty("servers"u8).EnumerateObject().Last().Value.GetString()!;
        using var client = new HttpClient { BaseAddress = server.Address, DefaultRequestHeaders = { Authorization = new("Bearer", key) } };
        using HttpResponseMessage said = await client.PostAsJsonAsync($"/api/sessions/{workspace}/notes", new { text = "I will look at it tomorrow.", clientId = "n1" });
        said.EnsureSuccessStatusCode();
    }

    private static ProcessStartInfo In(Workbench bench, LocalServer server, string project, params string[] arguments)
    {
        ProcessStartInfo start = bench.Parley(arguments);
        start.WorkingDirectory = project;
        start.Environment["SHARE_SERVER_URL"] = server.Address.ToString();
        return start;
    }

    // Prompts and answers in turn, where the client keeps them.
    private static void WriteTranscript(Workbench bench, string project, string id, int messages)
    {
        string folder = string.Concat(project.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
        string path = Path.Combine(Directory.CreateDirectory(Path.Combine(bench.Folder, "claude", "projects", folder)).FullName, $"{id}.jsonl");
        using var lines = new StreamWriter(path);
        string? parent = null;
        for (int i = 0; i < messages; i++)
        {
            string uuid = Guid.NewGuid().ToString();
            lines.WriteLine(JsonSerializer.Serialize(new
            {
                parentUuid = parent,
                isSidechain = false,
                cwd = project,
                sessionId = id,
                type = i % 2 == 0 ? "user" : "assistant",
                message = i % 2 == 0 ? Prompt(i) : Answer(i),
                uuid,
                timestamp = new DateTimeOffset(2026, 2, 26, 18, 0, 0, TimeSpan.Zero).AddSeconds(i).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            }));
            parent = uuid;
        }
    }

    private static object Prompt(int number) => new { role = "user", content = $"Question {number}: why does the query miss notes of users who joined later?" };

    private static object Answer(int number) => new
    {
        id = $"msg_{number}",
        role = "assistant",
        model = "claude-sonnet-4-6",
        content = new object[] { new { type = "text", text = $"Answer {number}: it filters by address. {new string('x', 400)}" } },
        usage = new { input_tokens = 1200, output_tokens = 150 },
    };
}
