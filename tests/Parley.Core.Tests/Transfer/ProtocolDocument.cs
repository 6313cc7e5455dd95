using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Parley.Core.Tests.Transfer;

/// <summary>docs/protocol.md, as far as tests read it: vectors (<c>name = value</c>), examples of messages, and tables.</summary>
internal static partial class ProtocolDocument
{
    private static readonly string Text = File.ReadAllText(FilePath());

    /// <summary>The lines of the blocks that are marked as vectors.</summary>
    public static IReadOnlyDictionary<string, string> Vectors { get; } = Blocks("vectors")
        .SelectMany(block => block.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        .Select(line => line.Split(" = ", 2))
        .ToDictionary(parts => parts[0].Trim(), parts => parts[1].Trim());

    /// <summary>The examples of messages, one a line.</summary>
    public static IReadOnlyList<string> Messages { get; } = [.. Blocks("jsonl").SelectMany(block => block.Split('\n', StringSplitOptions.RemoveEmptyEntries))];

    /// <summary>The first two cells of the rows whose first cell is code.</summary>
    public static ILookup<string, string> Rows { get; } = Row().Matches(Text).ToLookup(row => row.Groups[1].Value, row => row.Groups[2].Value.Trim());

    private static IEnumerable<string> Blocks(string kind) => Block().Matches(Text).Where(block => block.Groups[1].Value == kind).Select(block => block.Groups[2].Value);

    private static string FilePath([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/protocol.md");

    [GeneratedRegex("^```(\\w+)\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^\| `([^`]+)` \| ([^|\n]+)\|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
