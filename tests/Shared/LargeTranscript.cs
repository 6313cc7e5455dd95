using System.Text;
using System.Text.RegularExpressions;

namespace Parley.Tests;

/// <summary>
/// Makes one long conversation of the corpus' sessions, again and again, with fresh ids: a transcript of any size with lines as the client
/// writes them. For measuring: <c>TranscriptReader.Open(path)</c> is the first pass, enumerating <c>Entries()</c> the second.
/// </summary>
public static partial class LargeTranscript
{
    // Sessions without compaction or abandoned branches, so that all that is in the file is shown.
    private static readonly string[] Sessions =
        ["01-plain-chat", "02-tool-use", "03-parallel", "04-tool-errors", "06-images", "08-huge-output", "17-markdown", "20-plan-tasks-questions", "23-mcp"];

    /// <summary>Writes at least this many bytes.</summary>
    public static void Write(string path, long bytes)
    {
        string[][] sessions = [.. Sessions.Select(name => File.ReadAllLines(Corpus.Session(name)).Where(IsChainLine).ToArray())];
        using var file = new StreamWriter(path, append: false, new UTF8Encoding(false), bufferSize: 1 << 20);
        string? last = null;
        for (int round = 0; file.BaseStream.Position < bytes; round++)
        {
            foreach (string line in Renewed(sessions[round % sessions.Length], round, last))
            {
                file.Write(line);
                file.Write('\n');
                last = Uuid().Match(line).Groups["id"].Value;
            }
        }
    }

    private static IEnumerable<string> Renewed(string[] lines, int round, string? last)
    {
        string prefix = $"{round:x8}-";
        foreach (string line in lines)
        {
            // The sessions' uuids differ in what follows their first eight digits, too.
            string renewed = AnyUuid().Replace(line, match => prefix + match.Value[9..])
                .Replace("toolu_fake", $"toolu_{round}_", StringComparison.Ordinal)
                .Replace("msg_fake", $"msg_{round}_", StringComparison.Ordinal)
                .Replace("req_fake", $"req_{round}_", StringComparison.Ordinal);
            yield return last is null ? renewed : renewed.Replace("\"parentUuid\":null", $"\"parentUuid\":\"{last}\"", StringComparison.Ordinal);
        }
    }

    private static bool IsChainLine(string line) => line.StartsWith("{\"parentUuid\":", StringComparison.Ordinal);

    [GeneratedRegex("\"uuid\":\"(?<id>[^\"]*)\"")]
    private static partial Regex Uuid();

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex AnyUuid();
}
