using System.Diagnostics;
using System.Text.Json;

namespace Parley.Bench.Live;

/// <summary>
/// The process of the viewers, and of the driver whose entries they wait for, so that one clock measures both. It connects, says so, and does what
/// it is told in lines until there are no more.
/// </summary>
internal sealed class AudienceProcess
{
    private const int ConnectAtOnce = 64;

    // The servers put a viewer into their lists after they have answered it.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1), Look = TimeSpan.FromMilliseconds(20), Patience = TimeSpan.FromSeconds(20);

    private readonly WatchPlan _plan;
    private readonly Driver _driver;
    private readonly Viewer[] _viewers;
    private long[] _due = [];
    private TimeSpan[] _times = [];
    private long _first = long.MaxValue;
    private int _arrived;

    private AudienceProcess(WatchPlan plan)
    {
        (_plan, _driver) = (plan, new Driver(plan));
        _viewers = [.. Enumerable.Range(0, plan.Viewers).Select(_ => new Viewer(plan.Wire, Arrived))];
    }

    private int Readers => _plan.Viewers - _plan.Stalled;

    public static async Task<int> RunAsync(string plan)
    {
        var process = new AudienceProcess(JsonSerializer.Deserialize<WatchPlan>(plan)!);
        await process.ConnectAsync();
        Say("connected");
        while (await Console.In.ReadLineAsync() is { } line)
        {
            if (line == "revoke")
                Say(await process.RevokeAsync());
            else
                Say(await process.AppendAsync(JsonSerializer.Deserialize<Appends>(line["append ".Length..])!));
        }
        Array.ForEach(process._viewers, viewer => viewer.Dispose());
        return 0;
    }

    private async Task ConnectAsync()
    {
        var numbers = Enumerable.Range(0, _viewers.Length);
        await Parallel.ForEachAsync(numbers, new ParallelOptions { MaxDegreeOfParallelism = ConnectAtOnce },
            async (i, _) => await _viewers[i].ConnectAsync(_plan, stalls: i < _plan.Stalled));
        await Task.Delay(Settling);
    }

    private async Task<Delivery> AppendAsync(Appends appends)
    {
        int doubled = _viewers.Sum(v => v.Doubled);
        (_due, _times, _arrived) = (new long[appends.Count], new TimeSpan[appends.Count * Readers], 0);
        Volatile.Write(ref _first, _driver.LastSeq + 1);
        await _driver.AppendAsync(appends, _due);
        await WaitAsync(() => Volatile.Read(ref _arrived) >= _times.Length);
        Volatile.Write(ref _first, long.MaxValue);
        int arrived = Math.Min(_arrived, _times.Length);
        var times = new Distribution(_times[..arrived]);
        return new Delivery(arrived, _times.Length - arrived, _viewers.Sum(v => v.Doubled) - doubled, times.Median.TotalMilliseconds, times.P99.TotalMilliseconds);
    }

    private async Task<Ending> RevokeAsync()
    {
        (long asked, long answered) = await _driver.RevokeAsync();
        await WaitAsync(() => _viewers.All(v => v.IsRevoked));
        Distribution times = Since(answered), whole = Since(asked);
        return new Ending(times.Count, times.Median.TotalMilliseconds, times.P99.TotalMilliseconds, times.Slowest.TotalMilliseconds, whole.P99.TotalMilliseconds);

        Distribution Since(long start) => new([.. _viewers.Where(v => v.IsRevoked).Select(v => Stopwatch.GetElapsedTime(start, Math.Max(start, v.LastByteAt)))]);
    }

    private void Arrived(long seq)
    {
        long index = seq - Volatile.Read(ref _first);
        if (index < 0 || index >= _due.Length)
            return;
        TimeSpan time = Stopwatch.GetElapsedTime(_due[index]);
        _times[Interlocked.Increment(ref _arrived) - 1] = time;
    }

    private static async Task WaitAsync(Func<bool> isDone)
    {
        long began = Stopwatch.GetTimestamp();
        while (!isDone() && Stopwatch.GetElapsedTime(began) < Patience)
            await Task.Delay(Look);
    }

    private static void Say<T>(T answer) => Console.Out.WriteLine(JsonSerializer.Serialize(answer));
}
