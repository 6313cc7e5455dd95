using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit;

namespace Parley.EndToEnd.Tests;

/// <summary>Holds the directions of ARCHITECTURE.md: Cli and Server depend on Core, on each other never, and Core on nothing outside itself.</summary>
public sealed partial class DependencyTests
{
    private static readonly Assembly Core = typeof(Parley.Core.Sessions.Entry).Assembly;
    private static readonly Assembly Server = typeof(Parley.Server.Program).Assembly;
    private static readonly Assembly Cli = Assembly.Load("parley");

    [Fact]
    public void Core_knows_no_HTTP_and_no_database()
    {
        string[] foreign = ["Microsoft.AspNetCore", "Microsoft.Extensions", "System.Net", "System.Data", "Microsoft.Data", "Npgsql", "Dapper", "System.CommandLine"];
        Assert.DoesNotContain(References(Core), name => foreign.Any(name.StartsWith));
    }

    [Fact]
    public void The_command_and_the_server_meet_on_the_wire_only()
    {
        Assert.DoesNotContain("parley-server", References(Cli));
        Assert.DoesNotContain("parley", References(Server));
        Assert.Contains("Parley.Core", References(Cli));
        Assert.Contains("Parley.Core", References(Server));
    }

    [Fact]
    public void Core_has_no_clock_of_its_own_and_no_static_randomness()
    {
        string folder = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "src", "Parley.Core"));
        string[] sources = [.. Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Where(p => !p.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}"))];
        Assert.NotEmpty(sources);
        Assert.DoesNotContain(sources, source => ClockOrChance().IsMatch(File.ReadAllText(source)));
    }

    private static string[] References(Assembly assembly) => [.. assembly.GetReferencedAssemblies().Select(a => a.Name!)];

    private static string ThisFile([CallerFilePath] string path = "") => path;

    [GeneratedRegex(@"\b(DateTime|DateTimeOffset)\.(Now|UtcNow|Today)\b|TimeProvider\.System|Random\.Shared|Guid\.NewGuid")]
    private static partial Regex ClockOrChance();
}
