namespace Parley.Core.Rendering.Text;

/// <summary>A piece of a user text that the client wrote around something: a slash command, its output, a shell line.</summary>
internal readonly record struct ClientPiece(string Tag, string Content);

/// <summary>
/// Takes apart the user texts that Claude Code writes itself: <c>&lt;command-name&gt;/model&lt;/command-name&gt;</c> and the like. A text
/// counts only when it consists of such elements, so a person who writes about them is shown as they wrote.
/// </summary>
internal static class ClientText
{
    internal const string CommandName = "command-name", CommandArgs = "command-args", CommandOutput = "local-command-stdout",
        CommandErrors = "local-command-stderr", ShellInput = "bash-input", ShellOutput = "bash-stdout", ShellErrors = "bash-stderr";

    private static readonly string[] Tags =
    [
        CommandName, CommandArgs, CommandOutput, CommandErrors, ShellInput, ShellOutput, ShellErrors, "command-message", "command-contents",
        "local-command-caveat", "system-reminder",
    ];

    /// <summary>Interruptions are written as a user text of their own.</summary>
    internal static bool IsInterruption(ReadOnlySpan<char> text) =>
        text.Length < 100 && text.StartsWith("[Request interrupted by user") && text.EndsWith("]");

    /// <summary>Whether the text holds only what a command put out, not the command.</summary>
    internal static bool IsOutput(ReadOnlySpan<char> text) =>
        Parse(text) is { } pieces && pieces.TrueForAll(p => p.Tag is not (CommandName or ShellInput));

    /// <summary>The tag of the output that a text begins with, whole or not; null when it begins otherwise.</summary>
    internal static string? LeadingOutput(ReadOnlySpan<char> text)
    {
        text = text.TrimStart();
        foreach (string tag in (ReadOnlySpan<string>)[CommandOutput, CommandErrors, ShellOutput, ShellErrors])
        {
            if (text.StartsWith($"<{tag}>"))
                return tag;
        }
        return null;
    }

    /// <summary>The pieces in order; null when the text is not the client's.</summary>
    internal static List<ClientPiece>? Parse(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.IsEmpty || text[0] != '<')
            return null;
        var pieces = new List<ClientPiece>();
        while (!text.IsEmpty)
        {
            if (Take(ref text) is not { } piece)
                return null;
            pieces.Add(piece);
        }
        return pieces;
    }

    /// <summary>What the client escaped before it wrote a shell line and its output.</summary>
    internal static string Unescape(string html) => html.Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal)
        .Replace("&quot;", "\"", StringComparison.Ordinal).Replace("&#39;", "'", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal);

    private static ClientPiece? Take(ref ReadOnlySpan<char> text)
    {
        foreach (string tag in Tags)
        {
            if (text.Length < tag.Length + 2 || text[0] != '<' || !text[1..].StartsWith(tag) || text[tag.Length + 1] != '>')
                continue;
            ReadOnlySpan<char> body = text[(tag.Length + 2)..];
            int end = body.IndexOf($"</{tag}>");
            if (end < 0)
                return null;
            text = body[(end + tag.Length + 3)..].TrimStart();
            return new ClientPiece(tag, body[..end].ToString());
        }
        return null;
    }
}
