using System.Collections.Concurrent;
using System.Text.Json;

namespace Parley.Tests;

/// <summary>
/// The corpus of real sessions (tests/Corpus/README.md), copied folder by folder into a temporary place with its secrets filled in.
/// A copy lasts as long as the test process.
/// </summary>
public static class Corpus
{
    private static readonly string Source = FindSource();
    private static readonly string Copies = Directory.CreateTempSubdirectory("parley-corpus-").FullName;
    private static readonly ConcurrentDictionary<string, Lazy<string>> Copied = new();

    static Corpus() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Copies, recursive: true);

    private const string OfCodex = "codex-";

    /// <summary>The folders of Claude Code's sessions by name, e.g. <c>02-tool-use</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Folders().Where(name => !name.StartsWith(OfCodex, StringComparison.Ordinal))];

    /// <summary>The folders of Codex's sessions by name, e.g. <c>codex-02-tool-use</c>. Each is what the client keeps in its own folder.</summary>
    public static IReadOnlyList<string> CodexNames { get; } = [.. Folders().Where(name => name.StartsWith(OfCodex, StringComparison.Ordinal))];

    /// <summary>The path of a folder's copy.</summary>
    public static string Folder(string name) => Copied.GetOrAdd(name, n => new Lazy<string>(() => Copy(n))).Value;

    /// <summary>The path of the transcript in a folder's copy.</summary>
    public static string Session(string name) => Directory.GetFiles(Folder(name), "*.jsonl").Single();

    /// <summary>The path of the rollout in a folder of Codex's: the one that the session goes on in, of two threads the one that began first.</summary>
    public static string CodexSession(string name)
    {
        string[] rollouts = Directory.GetFiles(Folder(name), "rollout-*.jsonl", SearchOption.AllDirectories);
        return name == "codex-11-subagent" ? rollouts.Min(StringComparer.Ordinal)! : rollouts.Max(StringComparer.Ordinal)!;
    }

    /// <summary>The messages that the client sent to the API when it resumed the session: a JSON array.</summary>
    public static string Oracle(string name) => Path.Combine(Folder(name), "resume-oracle.json");

    /// <summary>What must not be readable in a shared copy of <c>16-secrets</c>, by name.</summary>
    public static IReadOnlyDictionary<string, string> Secrets() =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(Path.Combine(Folder("16-secrets"), "expected-secrets.json")))!;

    private static IEnumerable<string> Folders() =>
        Directory.GetDirectories(Source).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal);

    private static string Copy(string name)
    {
        string from = Path.Combine(Source, name), to = Path.Combine(Copies, name);
        string forms = Path.Combine(from, "secret-forms.json");
        SecretForms? secrets = File.Exists(forms) ? SecretForms.Read(forms) : null;
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            if (secrets is null)
                File.Copy(file, copy);
            else if (file != forms)
                File.WriteAllText(copy, secrets.Fill(File.ReadAllText(file)));
        }
        return to;
    }

    private static string FindSource()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string source = Path.Combine(at.FullName, "tests", "Corpus");
            if (Directory.Exists(source))
                return source;
        }
        throw new DirectoryNotFoundException("The tests run below the repository's root, where tests/Corpus is.");
    }
}
