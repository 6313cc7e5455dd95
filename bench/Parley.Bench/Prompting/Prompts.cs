using System.Diagnostics;
using System.Globalization;
using Parley.Bench.Live;

namespace Parley.Bench.Prompting;

/// <summary>A workspace in which people prompt: how soon others read the prompt and the beginning of its answer, and what many of them take.</summary>
internal static class Prompts
{
    private const int Alone = 200, Workspaces = 200, People = 5;
    private static readonly TimeSpan PromptGoal = TimeSpan.FromMilliseconds(150), DeltaGoal = TimeSpan.FromMilliseconds(50), Thinking = TimeSpan.FromMilliseconds(100),
        Typing = TimeSpan.FromSeconds(2), Pause = TimeSpan.FromSeconds(10), Span = TimeSpan.FromSeconds(40), Patience = TimeSpan.FromSeconds(30);

    public static async Task<IReadOnlyList<Table>> RunAsync(Workbench bench) => [await OneAsync(bench), await ManyAsync(bench)];

    private static async Task<Table> OneAsync(Workbench bench)
    {
        using var model = new TalkingModel(Thinking);
        await using LocalServer server = await StartAsync(bench, model, "prompting");
        using Participant owner = Participant.Owner(bench, server), sarah = Participant.Guest(server);
        string id = await owner.OpenAsync();
        await owner.LetInAsync(id, sarah, "Sarah");
        using Watch watch = await sarah.WatchAsync(id);
        List<TimeSpan> prompts = [], overheads = [];
        for (int number = 1; number <= 5 + (bench.Quick ? 10 : Alone); number++)
        {
            long sent = Stopwatch.GetTimestamp();
            await owner.PromptAsync(id, number);
            await UntilAsync(() => watch.Answers.ContainsKey(number), $"Prompt {number} was not answered.");
            // The first ones only warm it up.
            if (number <= 5)
                continue;
            prompts.Add(Stopwatch.GetElapsedTime(sent, watch.Prompts[number]));
            overheads.Add(Stopwatch.GetElapsedTime(sent, watch.FirstDeltas[number]) - model.OwnTimeOf(number));
        }
        Distribution seen = new([.. prompts]), overhead = new([.. overheads]);
        var table = new Table("A prompt in a workspace",
            $"SQLite, the server's own runner, a model on loopback that thinks for {Thinking.TotalMilliseconds} ms and then writes 1,200 characters at once and more after it; {seen.Count} prompts one after the other, two members. "
            + "From before a member sends the prompt to the moment that another member's stream has it, and to the first text of its answer there, less what the model itself took.",
            ["", "p50", "p99", "slowest"]);
        table.Add("prompt to the other member's stream", Workbench.Milliseconds(seen.Median), Workbench.Milliseconds(seen.P99), Workbench.Milliseconds(seen.Slowest));
        table.Add("first text, over the model's own time", Workbench.Milliseconds(overhead.Median), Workbench.Milliseconds(overhead.P99), Workbench.Milliseconds(overhead.Slowest));
        table.Goal(seen.P99 <= PromptGoal, $"a prompt's p99 at most {Workbench.Milliseconds(PromptGoal)}", Workbench.Milliseconds(seen.P99));
        table.Goal(overhead.P99 <= DeltaGoal, $"the first text's p99 at most {Workbench.Milliseconds(DeltaGoal)}", Workbench.Milliseconds(overhead.P99));
        return table;
    }

    private static async Task<Table> ManyAsync(Workbench bench)
    {
        (int workspaces, TimeSpan span) = bench.Quick ? (10, TimeSpan.FromSeconds(5)) : (Workspaces, Span);
        using var model = new TalkingModel(Thinking);
        await using LocalServer server = await StartAsync(bench, model, "crowd");
        using Participant owner = Participant.Owner(bench, server);
        Participant[] guests = [.. Enumerable.Range(0, People - 1).Select(_ => Participant.Guest(server))];
        List<Room> rooms = [];
        for (int i = 0; i < workspaces; i++)
            rooms.Add(await Room.OpenAsync(owner, guests));

        TimeSpan before = server.CpuTime;
        long began = Stopwatch.GetTimestamp();
        using (var over = new CancellationTokenSource(span))
            await Task.WhenAll(rooms.Select((room, i) => room.LiveAsync(i * 1_000_000, new Random(i), over.Token)));
        await UntilAsync(() => rooms.TrueForAll(room => room.IsComplete), "Not every prompt came to everybody with its answer.");
        TimeSpan wall = Stopwatch.GetElapsedTime(began), cpu = server.CpuTime - before;

        var seen = new Distribution([.. rooms.SelectMany(room => room.Delays())]);
        var table = new Table($"{workspaces} workspaces with {People} members each",
            $"Each member of each has a stream open ({workspaces * People} streams), types every {Typing.TotalSeconds} s, and one of the five prompts about every {Pause.TotalSeconds} s for {span.TotalSeconds} s; model and people run beside the server on the same machine.",
            ["prompts", "typing", "prompt to stream p50", "p99", "CPU", "memory", "lost", "doubled"]);
        table.Add(
            Workbench.Whole(rooms.Sum(room => room.Sent)), Workbench.Whole(rooms.Sum(room => room.Typed)), Workbench.Milliseconds(seen.Median), Workbench.Milliseconds(seen.P99),
            string.Create(CultureInfo.InvariantCulture, $"{cpu / wall * 100:0} % of a core"), Workbench.Megabytes(server.ResidentBytes), "0", Workbench.Whole(rooms.Sum(room => room.Doubled)));
        rooms.ForEach(room => room.Dispose());
        Array.ForEach(guests, guest => guest.Dispose());
        return table;
    }

    private static Task<LocalServer> StartAsync(Workbench bench, TalkingModel model, string name) => LocalServer.StartParleyAsync(
        bench, name,
        ("PARLEY_ANTHROPIC_API_KEY", "nobodys-key"), ("PARLEY_ANTHROPIC_BASE_URL", model.Address), ("PARLEY_MODEL", "bench"), ("PARLEY_WORKSPACE_BUDGET", "none"),
        ("PARLEY_RUNNER_TURNS", "64"), ("PARLEY_APPENDS_PER_ADDRESS", "0"));

    private static async Task UntilAsync(Func<bool> condition, string otherwise)
    {
        long began = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(began) > Patience)
                throw new BenchException(otherwise);
            await Task.Delay(5);
        }
    }

    /// <summary>One workspace with its people, who type and prompt.</summary>
    private sealed class Room(string id, Participant[] people, Watch[] watches) : IDisposable
    {
        private readonly Dictionary<int, long> _sent = [];

        public int Sent => _sent.Count;

        public int Typed { get; private set; }

        public int Doubled => watches.Sum(watch => watch.Doubled);

        public bool IsComplete => _sent.Keys.All(number => Array.TrueForAll(watches, watch => watch.Prompts.ContainsKey(number) && watch.Answers.ContainsKey(number)));

        public static async Task<Room> OpenAsync(Participant owner, Participant[] guests)
        {
            string id = await owner.OpenAsync();
            foreach ((int i, Participant guest) in guests.Index())
                await owner.LetInAsync(id, guest, $"Guest {i + 1}");
            Participant[] people = [owner, .. guests];
            return new Room(id, people, await Task.WhenAll(people.Select(person => person.WatchAsync(id))));
        }

        public IEnumerable<TimeSpan> Delays() => watches.SelectMany(watch => _sent.Select(sent => Stopwatch.GetElapsedTime(sent.Value, watch.Prompts[sent.Key])));

        public Task LiveAsync(int first, Random random, CancellationToken over) => Task.WhenAll(PromptAsync(first, random, over), TypeAsync(new Random(first + 1), over));

        public void Dispose() => Array.ForEach(watches, watch => watch.Dispose());

        private async Task PromptAsync(int first, Random random, CancellationToken over)
        {
            // Not all at once.
            await PauseAsync(Pause * random.NextDouble(), over);
            for (int number = first + 1; !over.IsCancellationRequested; number++)
            {
                _sent[number] = Stopwatch.GetTimestamp();
                await people[random.Next(people.Length)].PromptAsync(id, number);
                await PauseAsync(Pause * (0.5 + random.NextDouble()), over);
            }
        }

        private async Task TypeAsync(Random random, CancellationToken over)
        {
            while (true)
            {
                await PauseAsync(Typing / people.Length * (0.5 + random.NextDouble()), over);
                if (over.IsCancellationRequested)
                    return;
                await people[Typed++ % people.Length].TypeAsync(id);
            }
        }

        private static Task PauseAsync(TimeSpan pause, CancellationToken over) =>
            Task.Delay(pause, over).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
