namespace Parley.Bench;

/// <summary>Puts the tables between the two marks of docs/benchmarks.md; what people wrote around them stays.</summary>
internal static class Document
{
    private const string Begin = "<!-- tables: written by bench/run --write -->";
    private const string End = "<!-- end of tables -->";

    public static void Write(string path, string machine, IEnumerable<Table> tables)
    {
        string text = File.ReadAllText(path);
        int begin = text.IndexOf(Begin, StringComparison.Ordinal), end = text.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
            throw new BenchException($"{path} has lost its marks '{Begin}' and '{End}'.");
        string body = string.Join('\n', tables.Select(t => t.ToMarkdown()));
        File.WriteAllText(path, $"{text[..begin]}{Begin}\n{machine}\n{body}{text[end..]}");
    }
}
