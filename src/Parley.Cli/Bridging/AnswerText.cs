using System.Globalization;
using System.Text;
using ModelContextProtocol.Protocol;
using Parley.Core.Bridging;

namespace Parley.Cli.Bridging;

/// <summary>A tool's answer as text: what is none is named, and what is too long is cut and says so.</summary>
internal static class AnswerText
{
    public static string Of(CallToolResult result)
    {
        var text = new StringBuilder();
        foreach (ContentBlock block in result.Content)
        {
            if (text.Length > 0)
                text.Append('\n');
            text.Append(Of(block));
        }
        if (text.Length == 0 && result.StructuredContent is { } structured)
            text.Append(structured.GetRawText());
        return Cut(text.ToString());
    }

    /// <summary>As much as may be passed on.</summary>
    public static string Cut(string text)
    {
        if (text.Length <= BridgeLimits.AnswerCharacters)
            return text;
        string note = string.Create(CultureInfo.InvariantCulture, $"\n(The answer has {text.Length} characters; this is its beginning. Ask for less.)");
        int end = BridgeLimits.AnswerCharacters - note.Length;
        return text[..(char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)] + note;
    }

    private static string Of(ContentBlock block) => block switch
    {
        TextContentBlock text => text.Text,
        EmbeddedResourceBlock { Resource: TextResourceContents resource } => resource.Text,
        ResourceLinkBlock link => $"({link.Name}: {link.Uri})",
        ImageContentBlock image => $"(An image, {image.MimeType}: only text is passed on.)",
        AudioContentBlock audio => $"(A sound, {audio.MimeType}: only text is passed on.)",
        _ => "(Something that is no text: only text is passed on.)",
    };
}
