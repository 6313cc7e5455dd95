namespace Parley.Core.Transcripts.Codex;

/// <summary>A shell command that the person ran within Codex, as the client tells the model of it.</summary>
internal static class ShellCommand
{
    /// <summary>The command and its output in the form of Claude Code's own, which the renderer knows.</summary>
    /// <param name="text"><c>&lt;user_shell_command&gt;</c> with <c>&lt;command&gt;</c> and <c>&lt;result&gt;</c> in it.</param>
    public static string InClaudeForm(string text)
    {
        string command = Between(text, "<command>\n", "\n</command>");
        ToolOutput output = ToolOutput.Read(WithoutDuration(Between(text, "<result>\n", "\n</result>")));
        return $"<bash-input>{Escape(command)}</bash-input><bash-stdout>{Escape(output.Text)}</bash-stdout>";
    }

    private static string WithoutDuration(string result) => result.Replace("\nDuration: ", "\nWall time: ", StringComparison.Ordinal);

    private static string Between(string text, string open, string close)
    {
        int start = text.IndexOf(open, StringComparison.Ordinal);
        int end = text.LastIndexOf(close, StringComparison.Ordinal);
        return start >= 0 && end >= start + open.Length ? text[(start + open.Length)..end] : "";
    }

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}
