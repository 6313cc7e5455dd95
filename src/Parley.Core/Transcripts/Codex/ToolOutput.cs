using System.Globalization;
using System.Text.Json;
using Parley.Core.Rendering;

namespace Parley.Core.Transcripts.Codex;

/// <summary>
/// What a tool put out, without what the client says of it to the model: <c>Chunk ID: 456cd8 / Wall time: 0.0000 seconds / Process exited with
/// code 1 / Output:</c>. An exit code other than 0 stays, as the first line, in the words of Claude Code.
/// </summary>
/// <param name="Text">The output.</param>
/// <param name="IsError">Whether the tool failed.</param>
internal readonly record struct ToolOutput(string Text, bool IsError)
{
    private const string Marker = "Output:";

    private static readonly string[] Failures =
        ["apply_patch verification failed", "unsupported call:", "failed to parse function arguments", "exec_command failed", "execution error"];

    public static ToolOutput Read(string text)
    {
        if (text.StartsWith("{\"output\":", StringComparison.Ordinal) && OfJson(text) is { } output)
            return output;
        int end = HeadEnd(text, out long code, out bool hasFailed);
        if (end < 0)
            return new ToolOutput(text, Failures.Any(failure => text.StartsWith(failure, StringComparison.Ordinal)));
        return Of(text[end..], code, hasFailed);
    }

    private static ToolOutput Of(string output, long code, bool hasFailed) => code == 0
        ? new ToolOutput(output, hasFailed)
        : new ToolOutput(string.Create(CultureInfo.InvariantCulture, $"Exit code {code}\n{output}"), true);

    // Where the output begins; -1 if the text doesn't begin as the client writes it.
    private static int HeadEnd(string text, out long code, out bool hasFailed)
    {
        (code, hasFailed) = (0, false);
        for (int start = 0; start < text.Length;)
        {
            int end = text.IndexOf('\n', start) is var feed and >= 0 ? feed : text.Length;
            ReadOnlySpan<char> line = text.AsSpan(start, end - start);
            if (line.SequenceEqual(Marker))
                return start == 0 ? -1 : Math.Min(end + 1, text.Length);
            if (!IsHead(line, ref code, ref hasFailed))
                return -1;
            start = end + 1;
        }
        return -1;
    }

    private static bool IsHead(ReadOnlySpan<char> line, ref long code, ref bool hasFailed)
    {
        foreach (string begin in (ReadOnlySpan<string>)["Exit code: ", "Process exited with code "])
        {
            if (line.StartsWith(begin))
                return long.TryParse(line[begin.Length..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out code);
        }
        hasFailed |= line.StartsWith("Script failed");
        return line.StartsWith("Wall time") || line.StartsWith("Chunk ID: ") || line.StartsWith("Original token count: ")
            || line.StartsWith("Total output lines: ") || line.StartsWith("Process running with session ID ") || line.StartsWith("Script ");
    }

    // Until 2025: {"output":"…","metadata":{"exit_code":1,"duration_seconds":0.1}}
    private static ToolOutput? OfJson(string text)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(text);
            return json.RootElement.String("output") is { } output
                ? Of(output, json.RootElement.Object("metadata").Integer("exit_code") ?? 0, hasFailed: false)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
