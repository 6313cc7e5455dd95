using System.Text.Json.Nodes;

namespace Parley.Cli.Pausing;

/// <summary>What becomes of a prompt that somebody types into a session that is paused.</summary>
internal enum PausedPrompt
{
    /// <summary>It does not reach the model: the conversation goes on elsewhere.</summary>
    Blocked,

    /// <summary>It is one of Parley's own commands, or is meant for here.</summary>
    LetThrough,

    /// <summary>From now on the session goes on here.</summary>
    Unpauses,
}

/// <summary>Decides that, and says it in the words of the client's hooks.</summary>
internal static class PausedPrompts
{
    /// <summary>The commands that work in a paused session, with the plugin's name before them or without.</summary>
    private static readonly string[] Own = ["here", "take-home", "shares", "sessions-share", "sessions-receive"];

    private const string Plugin = "parley:", Here = "here";

    public static PausedPrompt Of(string prompt)
    {
        string text = prompt.Trim();
        if (!text.StartsWith('/'))
            return PausedPrompt.Blocked;
        string[] words = text[1..].Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries);
        string command = words.Length == 0 ? "" : words[0].StartsWith(Plugin, StringComparison.Ordinal) ? words[0][Plugin.Length..] : words[0];
        return command == Here && words.Length == 1 ? PausedPrompt.Unpauses
            : Own.Contains(command) ? PausedPrompt.LetThrough
            : PausedPrompt.Blocked;
    }

    /// <summary>The answer to the client that blocks a prompt. What was typed stays on the screen, to be asked there.</summary>
    public static JsonObject Blocking(PausedSession paused) => Block(
        $"""
        Paused: this conversation goes on in its workspace: {paused.Url}
        Ask there. /take-home brings back what was said; /here PROMPT asks here just once, and /here alone goes on here from now on.
        """, hidesPrompt: false);

    /// <summary>The answer to the client when the session goes on here.</summary>
    public static JsonObject Unpausing(PausedSession paused) =>
        Block($"This session goes on here again. Its workspace goes on too, and gets nothing of it: {paused.Url}", hidesPrompt: true);

    private static JsonObject Block(string reason, bool hidesPrompt) => new()
    {
        ["decision"] = "block",
        ["reason"] = reason,
        ["hookSpecificOutput"] = new JsonObject { ["hookEventName"] = "UserPromptSubmit", ["suppressOriginalPrompt"] = hidesPrompt },
    };
}
