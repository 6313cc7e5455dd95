namespace Parley.Core.Redaction.Personal;

/// <summary>
/// Claude Code names a project's folder after its path: everything but ASCII letters and digits becomes a hyphen
/// (<c>/home/jane.doe/app</c> is <c>-home-jane-doe-app</c>). The home in it becomes <c>-~</c>.
/// </summary>
internal static class EncodedPaths
{
    private const string Rule = "home-folder";
    private const string Home = "-~";

    /// <summary>The path as Claude Code writes it in a folder's name.</summary>
    public static string Encode(string path) => string.Create(path.Length, path, static (encoded, from) =>
    {
        for (int i = 0; i < from.Length; i++)
            encoded[i] = char.IsAsciiLetterOrDigit(from[i]) ? from[i] : '-';
    });

    /// <summary>For <c>home</c> or <c>Users</c> between hyphens: the name of a home is then taken to be the next segment.</summary>
    public static Edit? AtFolderOfHomes(ReadOnlySpan<byte> text, int at, int end)
    {
        if (at == 0 || text[at - 1] != '-' || end >= text.Length || text[end] != '-')
            return null;
        int start = at - 1;
        if (start >= 2 && text[start - 1] == '-' && char.IsAsciiLetter((char)text[start - 2]))
            start -= 2;
        if (start >= 2 && text[start - 1] == '\\' && text[start - 2] == '-')
            return null; // \-\-home-phone in a manual page's source
        int name = end + 1;
        while (name < text.Length && char.IsAsciiLetterOrDigit((char)text[name]))
            name++;
        return name > end + 1 && IsBoundary(text, start) ? Replace(text, start, name) : null;
    }

    public static Edit? AtKnownHome(ReadOnlySpan<byte> text, int start, int end) =>
        IsBoundary(text, start) && !IsOption(text, start, end) && (end == text.Length || !char.IsAsciiLetterOrDigit((char)text[end])) ? Replace(text, start, end) : null;

    // Of one word (-root) it is a folder behind a slash alone; elsewhere a command's option, in a manual page's source after a backslash.
    private static bool IsOption(ReadOnlySpan<byte> text, int start, int end) =>
        text[start] == '-' && !text[(start + 1)..end].Contains((byte)'-') && (start == 0 || text[start - 1] != '/');

    private static bool IsBoundary(ReadOnlySpan<byte> text, int at) =>
        at == 0 || text[at - 1] is (byte)'/' or (byte)'\\' or (byte)'"' or (byte)'\'' or (byte)' ' or (byte)'\n' or (byte)'`' or (byte)'(' or (byte)'=' or (byte)':' or (byte)'\t';

    private static Edit Replace(ReadOnlySpan<byte> text, int start, int end) =>
        new(start, end, Rule, ShortText.Of(text[start..end]), Home);
}
