namespace Parley.Server.Sessions;

/// <summary>The short texts of a session as they are stored.</summary>
public static class Field
{
    /// <summary>Characters of a title, a model, a branch and the like; what is longer is cut.</summary>
    public const int MaxLength = 300;

    /// <summary>Without U+0000, which PostgreSQL refuses, and not too long.</summary>
    public static string Clean(string text)
    {
        string clean = text.Replace('\0', '\uFFFD');
        if (clean.Length <= MaxLength)
            return clean;
        int end = char.IsHighSurrogate(clean[MaxLength - 2]) ? MaxLength - 2 : MaxLength - 1;
        return clean[..end] + "…";
    }

    public static string? CleanOrNull(string? text) => text is null ? null : Clean(text);
}
