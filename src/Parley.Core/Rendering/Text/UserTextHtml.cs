using Parley.Core.Rendering.Code;

namespace Parley.Core.Rendering.Text;

/// <summary>Writes a text of the user's side: what a person typed, or what the client wrote in their name.</summary>
internal static class UserTextHtml
{
    /// <param name="text">The text.</param>
    /// <param name="isSigned">Whether it is known who of several people wrote it, who may call each other by name.</param>
    /// <param name="html">Where it is written.</param>
    internal static void Write(string text, bool isSigned, HtmlWriter html)
    {
        if (ClientText.IsInterruption(text.AsSpan().Trim()))
            EventHtml.WriteLine(text.Contains("tool use", StringComparison.Ordinal) ? "Interrupted during a tool call" : "Interrupted", html);
        else if (ClientText.Parse(text) is { } pieces)
            WritePieces(pieces, html);
        else
            WriteTyped(text, isSigned, html);
    }

    /// <summary>Writes what a person says to the others.</summary>
    internal static void WriteNote(string text, HtmlWriter html)
    {
        if (!string.IsNullOrWhiteSpace(text))
            WriteTyped(text, withNames: true, html);
    }

    private static void WriteTyped(string text, bool withNames, HtmlWriter html)
    {
        html.Markup("<div class=\"bubble\" dir=\"auto\">"u8);
        PromptHtml.Write(text, withNames, html);
        html.Markup("</div>"u8);
    }

    private static void WritePieces(List<ClientPiece> pieces, HtmlWriter html)
    {
        for (int i = 0; i < pieces.Count; i++)
        {
            (string tag, string content) = pieces[i];
            switch (tag)
            {
                case ClientText.CommandName:
                    WriteCommand(content, pieces.Find(p => p.Tag == ClientText.CommandArgs).Content, html);
                    break;
                case ClientText.ShellInput:
                    WriteCommand("!", ClientText.Unescape(content), html);
                    break;
                case ClientText.CommandOutput or ClientText.CommandErrors when content.Length > 0:
                    WriteOutput(content, html);
                    break;
                case ClientText.ShellOutput or ClientText.ShellErrors when content.Length > 0:
                    WriteOutput(ClientText.Unescape(content), html);
                    break;
                case "system-reminder" or "command-contents":
                    html.Markup("<details class=\"aside\"><summary>Added by the client</summary>"u8);
                    CodeHtml.WriteTerminal(content.Trim(), html);
                    html.Markup("</details>"u8);
                    break;
            }
        }
    }

    private static void WriteCommand(string name, string? arguments, HtmlWriter html)
    {
        html.Markup("<div class=\"bubble command\"><code><b>"u8).Marked(name.Trim()).Markup("</b>"u8);
        if (!string.IsNullOrWhiteSpace(arguments))
            html.Markup(" "u8).Marked(arguments.Trim());
        html.Markup("</code></div>"u8);
    }

    private static void WriteOutput(string content, HtmlWriter html)
    {
        html.Markup("<div class=\"output\">"u8);
        CodeHtml.WriteTerminal(content, html);
        html.Markup("</div>"u8);
    }
}
