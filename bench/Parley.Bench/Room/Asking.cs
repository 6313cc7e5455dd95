using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Parley.Bench.Live;

namespace Parley.Bench.Room;

/// <summary>How long it takes from the agent's question on the owner's machine until its card stands on the owner's phone.</summary>
internal static class Asking
{
    private static readonly TimeSpan Goal = TimeSpan.FromMilliseconds(250);

    private const string NoteCards = """
        () => { window.appeared = {}; new MutationObserver(() => { for (const l of document.querySelectorAll('.permission .line'))
            window.appeared[l.textContent] ??= performance.timeOrigin + performance.now(); }).observe(document.getElementById('asked'), { childList: true, subtree: true }); }
        """;

    public static async Task<IReadOnlyList<Table>> RunAsync(Workbench bench)
    {
        await using LocalServer server = await LocalServer.StartParleyAsync(bench, "asking");
        using OpenedRoom room = await OpenedRoom.OpenAsync(bench, server);
        using HttpClient machine = await HostAsync(room, server);
        string turn = await TakeAsync(room, machine);
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Browsing.Chromium(), Args = ["--no-sandbox"] });
        IPage phone = await room.EnterAsync(browser, new() { ViewportSize = new() { Width = 390, Height = 844 }, IsMobile = true, HasTouch = true });
        await phone.EvaluateAsync(NoteCards);

        int count = bench.Quick ? 20 : 200;
        List<TimeSpan> times = [];
        for (int i = 0; i < count; i++)
            times.Add(await AskAsync(machine, turn, phone, i));
        var distribution = new Distribution([.. times]);
        var table = new Table(
            "A permission that the agent asks for",
            $"Chromium {browser.Version} at a phone's width, in a workspace of a session of 1 MB; from the machine's request until the whole card stands in the DOM, {count} times.",
            ["", "median", "99 %", "slowest"]);
        table.Add("asked until shown", Workbench.Milliseconds(distribution.Median), Workbench.Milliseconds(distribution.P99), Workbench.Milliseconds(distribution.Slowest));
        table.Goal(distribution.P99 <= Goal, $"99 % within {Workbench.Milliseconds(Goal)}", Workbench.Milliseconds(distribution.P99));
        return [table];
    }

    private static async Task<TimeSpan> AskAsync(HttpClient machine, string turn, IPage phone, int number)
    {
        string command = $"make number-{number}";
        double asked = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalMilliseconds;
        await ReadAsync(await machine.PostAsJsonAsync($"/api/runner/turns/{turn}/permissions", new { requestId = $"r{number}", tool = "Bash", input = new { command } }));
        IJSHandle seen = await phone.WaitForFunctionAsync("(line) => window.appeared[line]", $"command: {command}");
        TimeSpan time = TimeSpan.FromMilliseconds(await seen.JsonValueAsync<double>() - asked);
        using HttpResponseMessage withdrawn = await machine.DeleteAsync($"/api/runner/turns/{turn}/permissions/r{number}");
        using HttpResponseMessage renewed = await machine.PostAsync($"/api/runner/turns/{turn}/renew", null);
        return time;
    }

    private static async Task<HttpClient> HostAsync(OpenedRoom room, LocalServer server)
    {
        JsonElement made = await ReadAsync(await room.Owner.PostAsJsonAsync($"/api/sessions/{room.Id}/runners", new { name = "bench" }));
        return new HttpClient { BaseAddress = server.Address, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", made.GetProperty("token"u8).GetString()) } };
    }

    private static async Task<string> TakeAsync(OpenedRoom room, HttpClient machine)
    {
        await ReadAsync(await room.Owner.PostAsJsonAsync($"/api/sessions/{room.Id}/prompts", new { text = "Look into it.", clientId = "1" }));
        JsonElement turn = await ReadAsync(await machine.PostAsJsonAsync("/api/runner/take", new { runner = "bench", free = 1, wait = 10 }));
        machine.DefaultRequestHeaders.Add("Parley-Lease", turn.GetProperty("lease"u8).GetString());
        return turn.GetProperty("turnId"u8).GetString()!;
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            return answer.IsSuccessStatusCode
                ? await answer.Content.ReadFromJsonAsync<JsonElement>()
                : throw new BenchException($"The server answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }
    }
}
