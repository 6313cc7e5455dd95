namespace Parley.Core.Sessions;

/// <summary>
/// Makes a title of one line out of longer text. A cut may leave half a secret that no rule knows any more, so what leaves the machine is
/// redacted between <see cref="WholeWords"/> and <see cref="Fit"/>.
/// </summary>
public static class SessionTitle
{
    /// <summary>Characters of a title that is made of a prompt.</summary>
    public const int PromptLength = 80;

    /// <summary>Characters of a title that somebody gave.</summary>
    public const int GivenLength = 200;

    /// <summary>The text on one line, and with an ellipsis where it is longer than that.</summary>
    public static string Fit(string text, int length)
    {
        string line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (line.Length <= length)
            return line;
        int end = char.IsHighSurrogate(line[length - 1]) ? length - 1 : length;
        return line[..end] + "…";
    }

    /// <summary>The beginning of a text, at most so many characters, without the word that the cut would go through.</summary>
    public static string WholeWords(string text, int length)
    {
        if (text.Length < length)
            return text;
        int end = length;
        while (end > 0 && !char.IsWhiteSpace(text[end - 1]))
            end--;
        return text[..end].TrimEnd();
    }
}
