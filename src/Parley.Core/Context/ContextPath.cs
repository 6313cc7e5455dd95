using System.Buffers;

namespace Parley.Core.Context;

/// <summary>
/// What a file of a snapshot may be called: a relative path with <c>/</c> between its parts. Such a name is a key of a manifest and never becomes a
/// path on a server's disk; it is kept this plain so that what people are shown is what it is.
/// </summary>
public static class ContextPath
{
    /// <summary>The name of the resource that is the project's folder itself.</summary>
    public const string Root = ".";

    private const int Depth = 64;

    // The last are what turns the direction of the text around a name.
    private static readonly SearchValues<char> Forbidden = SearchValues.Create("\\\u2028\u2029\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069");

    /// <summary>Whether it may be a file's path in a manifest.</summary>
    public static bool IsValid(string? path) =>
        path is { Length: > 0 and <= ContextLimits.PathCharacters }
        && !path.AsSpan().ContainsAny(Forbidden)
        && !path.AsSpan().ContainsAnyInRange('\0', '\u001f')
        && !path.AsSpan().ContainsAnyInRange('\u007f', '\u009f')
        && IsWellFormed(path)
        && path.Split('/') is { Length: <= Depth } parts
        && Array.TrueForAll(parts, part => part is not ("" or "." or ".."))
        && !(parts[0].Length == 2 && parts[0][1] == ':');

    /// <summary>Whether it may be a resource's name: a path, or <see cref="Root"/>.</summary>
    public static bool IsName(string? name) => name == Root || IsValid(name);

    /// <summary>Where a file of a resource stands among all files of the context.</summary>
    public static string Join(string resource, string path) => resource == Root ? path : $"{resource}/{path}";

    /// <summary>The path within a resource of what stands at a place among all files; null when it is not below it. Empty for the resource itself.</summary>
    public static string? Below(string resource, string place)
    {
        if (resource == Root)
            return place == Root ? "" : place;
        if (place == resource)
            return "";
        return place.Length > resource.Length && place[resource.Length] == '/' && place.StartsWith(resource, StringComparison.Ordinal)
            ? place[(resource.Length + 1)..]
            : null;
    }

    /// <summary>A place as a model writes it, without <c>./</c> before and <c>/</c> behind; it is what is looked up, so nothing of it is resolved.</summary>
    public static string Tidy(string place)
    {
        string tidy = place.Trim();
        while (tidy.StartsWith("./", StringComparison.Ordinal))
            tidy = tidy[2..];
        tidy = tidy.Length > 1 ? tidy.TrimEnd('/') : tidy;
        return tidy == "" ? Root : tidy;
    }

    private static bool IsWellFormed(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (!char.IsSurrogatePair(text, i))
                return false;
            i++;
        }
        return true;
    }
}
