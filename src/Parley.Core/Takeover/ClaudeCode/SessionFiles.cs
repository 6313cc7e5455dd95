using System.Text.RegularExpressions;

namespace Parley.Core.Takeover.ClaudeCode;

/// <summary>The names that the files of a Claude Code session have on the way, and which of them are its own.</summary>
internal static partial class SessionFiles
{
    public const string Main = "session.jsonl", Subagents = "subagents", Outputs = "tool-results";

    /// <summary>Whether a file belongs to a session beside its main file. Only these are packed, and only these are installed, whatever else arrives.</summary>
    public static bool IsSidecar(string name) => SubagentName().IsMatch(name) || OutputName().IsMatch(name);

    /// <summary>Whether a sidecar is a subagent's transcript.</summary>
    public static bool IsTranscript(string name) => name.EndsWith(".jsonl", StringComparison.Ordinal);

    [GeneratedRegex(@"^subagents/agent-[A-Za-z0-9_-]{1,128}\.(jsonl|meta\.json)\z", RegexOptions.CultureInvariant)]
    private static partial Regex SubagentName();

    // No name that Windows keeps for devices has such an ending, and none is hidden.
    [GeneratedRegex(@"^tool-results/[A-Za-z0-9_-]{1,128}\.(txt|json)\z", RegexOptions.CultureInvariant)]
    private static partial Regex OutputName();
}
