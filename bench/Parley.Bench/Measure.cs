using System.Diagnostics;

namespace Parley.Bench;

/// <summary>Runs processes with a limit of time, and says how long they took and how much memory they had at most.</summary>
internal static class Measure
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>How often a process's peak memory is looked at. The system keeps the peak, so only growth in the last moment can be missed.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    /// <summary>Runs to the end; what was printed is kept. An exit code other than 0 and <paramref name="accept"/> throws with what the process said.</summary>
    public static async Task<Run> ProcessAsync(ProcessStartInfo start, bool memory = false, int accept = 0)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var limit = new CancellationTokenSource(Limit);
        long began = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token), errors = process.StandardError.ReadToEndAsync(limit.Token);
        Task<long> peak = memory ? PeakAsync(process, limit.Token) : Task.FromResult(0L);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new BenchException($"{start.FileName} did not end within {Limit.TotalMinutes} minutes.");
        }
        TimeSpan wall = Stopwatch.GetElapsedTime(began);
        if (process.ExitCode != 0 && process.ExitCode != accept)
            throw new BenchException($"{start.FileName} {string.Join(' ', start.ArgumentList)} ended with {process.ExitCode}: {await errors}");
        return new Run(wall, await peak, await output);
    }

    /// <summary>The median of several runs of the same; the peak of memory is the highest of all.</summary>
    public static async Task<Run> MedianAsync(int times, Func<Task<Run>> run)
    {
        List<Run> runs = [];
        for (int i = 0; i < times; i++)
            runs.Add(await run());
        runs.Sort((a, b) => a.Wall.CompareTo(b.Wall));
        return runs[times / 2] with { PeakBytes = runs.Max(r => r.PeakBytes) };
    }

    /// <summary>The highest resident memory of a process that runs, once it has ended.</summary>
    public static async Task<long> PeakAsync(Process process, CancellationToken cancel)
    {
        long peak = 0;
        while (!process.HasExited)
        {
            peak = Math.Max(peak, PeakOf(process));
            await Task.Delay(Look, cancel);
        }
        return peak;
    }

    /// <summary>The resident memory now, in bytes.</summary>
    public static long ResidentOf(Process process)
    {
        process.Refresh();
        return process.WorkingSet64;
    }

    /// <summary>The highest resident memory so far, in bytes; 0 when the process has ended.</summary>
    public static long PeakOf(Process process)
    {
        try
        {
            process.Refresh();
            return process.PeakWorkingSet64;
        }
        catch (InvalidOperationException)
        {
            return 0;
        }
    }
}

/// <summary>One run of a process.</summary>
/// <param name="Wall">From start to end.</param>
/// <param name="PeakBytes">Highest resident memory; 0 when it was not asked for.</param>
/// <param name="Output">What it printed.</param>
internal sealed record Run(TimeSpan Wall, long PeakBytes, string Output);

/// <summary>Something that is measured did not work; the message says what and what it said.</summary>
internal sealed class BenchException(string message) : Exception(message);
