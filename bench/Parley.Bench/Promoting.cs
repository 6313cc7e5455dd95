using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Parley.Bench;

/// <summary>Promoting a session to a workspace, from the command's start to the link: the session, its context, an invitation.</summary>
internal static class Promoting
{
    private static readonly Size Small = new(14, 28, TimeSpan.FromSeconds(1)), Large = new(10_000, 2_000, TimeSpan.FromSeconds(8));

    public static async Task<IReadOnlyList<Table>> RunAsync(Workbench bench)
    {
        var table = new Table(
            "Promoting a session to a workspace",
            "`parley share FILE --to ADDRESS --files service --yes --json` to a server on the same machine (SQLite): the session and a folder are sent, the folder is permitted, "
            + $"one person is invited without mail, and the workspace is open; whole process, median of {bench.Runs(5)} runs, each of another session.",
            ["", "wall", "the server's one write alone"]);
        await using LocalServer server = await LocalServer.StartParleyAsync(bench, "promoting");
        foreach (Size size in (Size[])[Small, bench.Quick ? Small : Large])
        {
            List<(TimeSpan Wall, TimeSpan Write)> runs = [];
            for (int i = 0; i < bench.Runs(5); i++)
                runs.Add(await PromoteAsync(bench, server, size, i));
            runs.Sort();
            (TimeSpan wall, TimeSpan write) = runs[runs.Count / 2];
            table.Add($"{Workbench.Whole(size.Messages)} messages, {Workbench.Whole(size.Files)} files", Workbench.Seconds(wall), Workbench.Milliseconds(write));
            table.Goal(wall <= size.Goal, $"{Workbench.Whole(size.Messages)} messages and {Workbench.Whole(size.Files)} files in at most {Workbench.Seconds(size.Goal)}", Workbench.Seconds(wall));
        }
        return [table];
    }

    // The write alone is asked for once more, with another person: the session and the files are there by then.
    private static async Task<(TimeSpan Wall, TimeSpan Write)> PromoteAsync(Workbench bench, LocalServer server, Size size, int run)
    {
        string project = Project(bench, size);
        string transcript = Transcript(bench, project, size, run);
        ProcessStartInfo start = bench.Parley("share", transcript, "--to", "ana@example.org", "--files", "service", "--yes", "--json");
        start.WorkingDirectory = project;
        start.Environment["SHARE_SERVER_URL"] = server.Address.ToString();
        Run shared = await Measure.ProcessAsync(start);
        string id = JsonDocument.Parse(shared.Output).RootElement.GetProperty("shareId"u8).GetString()!;
        return (shared.Wall, await WriteAsync(bench, server, id));
    }

    private static async Task<TimeSpan> WriteAsync(Workbench bench, LocalServer server, string id)
    {
        using JsonDocument credentials = JsonDocument.Parse(await File.ReadAllBytesAsync(bench.CredentialsPath));
        string key = credentials.RootElement.GetProperty("servers"u8).EnumerateObject().Last().Value.GetString()!;
        using var client = new HttpClient { BaseAddress = server.Address, DefaultRequestHeaders = { Authorization = new("Bearer", key) } };
        using var body = new StringContent("""{"recipients":["ben@example.org"],"context":{"files":["service"]}}""", Encoding.UTF8, "application/json");
        long began = Stopwatch.GetTimestamp();
        using HttpResponseMessage answer = await client.PostAsync($"/api/sessions/{id}/share", body);
        return answer.IsSuccessStatusCode
            ? Stopwatch.GetElapsedTime(began)
            : throw new BenchException($"The server answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }

    private static string Project(Workbench bench, Size size)
    {
        string project = Path.Combine(bench.Folder, $"project-{size.Files}");
        if (Directory.Exists(project))
            return project;
        for (int i = 0; i < size.Files; i++)
        {
            string folder = Path.Combine(project, "service", $"part-{i / 50}");
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, $"module-{i}.ts"), string.Concat(Enumerable.Range(0, 80).Select(line => $"export const value{line} = compute({i}, {line});\n")));
        }
        return project;
    }

    // Prompts and answers in turn.
    private static string Transcript(Workbench bench, string project, Size size, int run)
    {
        string id = Guid.NewGuid().ToString(), path = Path.Combine(bench.Folder, $"promoting-{size.Messages}-{run}", $"{id}.jsonl");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var lines = new StreamWriter(path);
        string? parent = null;
        for (int i = 0; i < size.Messages; i++)
        {
            string uuid = Guid.NewGuid().ToString();
            object said = i % 2 == 0 ? Prompt(i) : Answer(i);
            lines.WriteLine(JsonSerializer.Serialize(new
            {
                parentUuid = parent,
                isSidechain = false,
                userType = "external",
                cwd = project,
                sessionId = id,
                version = "2.1.197",
                gitBranch = "main",
                type = i % 2 == 0 ? "user" : "assistant",
                message = said,
                uuid,
                timestamp = new DateTimeOffset(2026, 2, 26, 18, 0, 0, TimeSpan.Zero).AddSeconds(i).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            }));
            parent = uuid;
        }
        return path;
    }

    private static object Prompt(int number) => new { role = "user", content = $"Question {number}: why does the query miss notes of users who joined later?" };

    private static object Answer(int number) => new
    {
        id = $"msg_{number}",
        role = "assistant",
        model = "claude-sonnet-4-6",
        content = new object[] { new { type = "text", text = $"Answer {number}: it filters by address. " + new string('x', 400) } },
        usage = new { input_tokens = 1200, output_tokens = 150 },
    };

    /// <param name="Messages">Entries of the session.</param>
    /// <param name="Files">Files of the folder, 4 KB each.</param>
    /// <param name="Goal">What it may take.</param>
    private sealed record Size(int Messages, int Files, TimeSpan Goal);
}
