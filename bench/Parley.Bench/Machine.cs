using System.Globalization;
using System.Runtime.InteropServices;

namespace Parley.Bench;

/// <summary>Says on what the figures were measured.</summary>
internal static class Machine
{
    public static async Task<string> DescribeAsync(Workbench bench)
    {
        string processor = Field("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString();
        string memory = Workbench.Megabytes(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        string system = Field("/etc/os-release", "PRETTY_NAME")?.Trim('"') ?? RuntimeInformation.OSDescription;
        string[] versions =
        [
            RuntimeInformation.FrameworkDescription,
            "Node " + await VersionAsync(bench, "node", "--version"),
            "Bun " + await VersionAsync(bench, bench.Bun, "--version"),
            await VersionAsync(bench, "jq", "--version"),
        ];
        string date = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return $"{date}, {Environment.ProcessorCount} cores ({processor}), {memory} of memory, {system}; {string.Join(", ", versions)}.{Load()}\n";
    }

    private static async Task<string> VersionAsync(Workbench bench, string file, string argument) =>
        (await Measure.ProcessAsync(bench.Command(file, argument))).Output.Trim();

    // Figures of a machine that was busy with something else say so.
    private static string Load() =>
        File.Exists("/proc/loadavg") ? $" Load average before: {File.ReadAllText("/proc/loadavg").Split(' ')[0]}." : "";

    // "name : value" or "NAME=value", the first in a file of the system; null where there is no such file.
    private static string? Field(string path, string name) =>
        File.Exists(path) && File.ReadLines(path).FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal)) is { } line
            ? line[(line.IndexOfAny([':', '=']) + 1)..].Trim()
            : null;
}
