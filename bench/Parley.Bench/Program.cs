using Parley.Bench;
using Parley.Bench.Live;
using Parley.Bench.Prompting;

// The benchmark starts itself again for what must be measured as a process of its own.
if (args is ["read", string path])
    return Reading.ReadAsChild(path);
if (args is ["redact-once"])
    return Steady.StartAsChild();
if (args is ["watch", string plan])
    return await AudienceProcess.RunAsync(plan);

using var bench = new Workbench(quick: args.Contains("--quick"));
string[] chosen = [.. args.Where(a => !a.StartsWith('-'))];
(string Name, Func<Workbench, Task<IReadOnlyList<Table>>> Run)[] all =
[
    ("reading", Reading.RunAsync),
    ("sharing", Sharing.RunAsync),
    ("promoting", Promoting.RunAsync),
    ("homecoming", Homecoming.RunAsync),
    ("serving", Serving.RunAsync),
    ("starting", Starting.RunAsync),
    ("redacting", Redacting.RunAsync),
    ("browsing", Browsing.RunAsync),
    ("transferring", Transferring.RunAsync),
    ("live", Arriving.RunAsync),
    ("live", FanningOut.RunAsync),
    ("live", Revoking.RunAsync),
    ("live", Growing.RunAsync),
    ("prompting", Prompts.RunAsync),
    ("room", Parley.Bench.Room.Prompting.RunAsync),
    ("bridging", Bridging.RunAsync),
    ("asking", Parley.Bench.Room.Asking.RunAsync),
];
if (chosen.Except(all.Select(b => b.Name)).FirstOrDefault() is { } unknown)
{
    Console.Error.WriteLine($"bench: there is no benchmark '{unknown}': {string.Join(", ", all.Select(b => b.Name).Distinct())}.");
    return 2;
}

string machine = await Machine.DescribeAsync(bench);
Console.WriteLine(machine);
List<Table> tables = [];
bool failed = false;
foreach (var (name, run) in all.Where(b => chosen.Length == 0 || chosen.Contains(b.Name)))
{
    Console.Error.WriteLine($"bench: {name} …");
    try
    {
        foreach (Table table in await run(bench))
        {
            tables.Add(table);
            Console.WriteLine(table.ToMarkdown());
        }
    }
    catch (BenchException e)
    {
        failed = true;
        Console.Error.WriteLine($"bench: {name} failed: {e.Message}");
    }
}
if (args.Contains("--write"))
    Document.Write(Path.Combine(bench.Repository, "docs", "benchmarks.md"), machine, tables);
return failed ? 1 : 0;
