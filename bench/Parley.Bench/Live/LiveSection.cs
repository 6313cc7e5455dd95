namespace Parley.Bench.Live;

/// <summary>Sessions that are watched while they go on.</summary>
internal static class LiveSection
{
    public static async Task<IReadOnlyList<Table>> RunAsync(Workbench bench) =>
        [await Arriving.RunAsync(bench), .. await FanningOut.RunAsync(bench), await Revoking.RunAsync(bench), await Growing.RunAsync(bench)];
}
