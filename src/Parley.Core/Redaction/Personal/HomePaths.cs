namespace Parley.Core.Redaction.Personal;

/// <summary>Recognises home folders in their well-known places: /home/x, /Users/x, C:\Users\x, /mnt/c/Users/x.</summary>
internal static class HomePaths
{
    private const string Rule = "home-folder";
    private const string Home = "~";

    private static readonly string[] RootsBeforeHome = ["/var", "/usr", "/export", "/private", "/data"];

    // The same on every machine, so it is not looked for; but it may be the home of a session.
    private const string Root = "/root";

    private const int MaxWordsInName = 3;

    /// <summary>For the word <c>home</c> at a place: <c>/home/x</c> or Claude's <c>-home-x</c>.</summary>
    public static Edit? AtHome(ReadOnlySpan<byte> text, int at) =>
        text[at..].StartsWith("home"u8) ? AtFolderOfHomes(text, at, at + 4, windows: false) ?? EncodedPaths.AtFolderOfHomes(text, at, at + 4) : null;

    /// <summary>For the word <c>users</c> at a place, in either case.</summary>
    public static Edit? AtUsers(ReadOnlySpan<byte> text, int at)
    {
        int start = Drive(text, at);
        bool windows = start < at;
        if (!windows && text[at] != 'U')
            return null;
        return (windows ? Name(text, start, at + 5, windows) : AtFolderOfHomes(text, at, at + 5, windows)) ?? EncodedPaths.AtFolderOfHomes(text, at, at + 5);
    }

    /// <summary>The home folder that an absolute path begins with; null when its place is not well known.</summary>
    public static string? HomeOf(string path)
    {
        if (path == Root || path.StartsWith(Root + "/", StringComparison.Ordinal))
            return Root;
        byte[] text = System.Text.Encoding.UTF8.GetBytes(path + "/");
        // What stands before a home's place is ASCII, so a character's index is its byte's.
        int home = path.IndexOf("home", StringComparison.Ordinal), users = path.IndexOf("users", StringComparison.OrdinalIgnoreCase);
        Edit? found = (home > 0 ? AtHome(text, home) : null) ?? (users > 0 ? AtUsers(text, users) : null);
        return found is { Start: 0 } folder && path[0] != '-' ? folder.Value : null;
    }

    private static Edit? AtFolderOfHomes(ReadOnlySpan<byte> text, int at, int end, bool windows)
    {
        int separator = PathText.SeparatorBefore(text, at);
        if (separator == 0)
            return null;
        if (MountedPlaces.Start(text, at - separator) is >= 0 and var mounted)
            return Name(text, mounted, end, windows: text[at - 1] == '\\');
        if (text[at - 1] == '\\')
            return null;
        int start = text[(at - separator)..].StartsWith("//"u8) ? at - 1 : at - separator;
        if (start == at - separator && !PathText.IsBoundaryBefore(text, start))
        {
            int root = PlaceOfHomes(text, start);
            if (root < 0)
                return null;
            start = root;
        }
        return Name(text, start, end, windows);
    }

    private static Edit? Name(ReadOnlySpan<byte> text, int start, int end, bool windows)
    {
        int separator = PathText.SeparatorAt(text, end);
        int from = end + separator;
        int to = windows ? WindowsNameEnd(text, start, from) : PathText.NameEnd(text, from);
        if (separator == 0 || to == from || NamesOfNobody.Contain(text[from..to]) || !windows && (text[end] == '\\' && separator == 1 || IsRoute(text, end, from, to)))
            return null;
        return Replace(text, start, to);
    }

    // A name of several words counts as a whole when a separator or, in a quoted path, the quote follows it.
    private static int WindowsNameEnd(ReadOnlySpan<byte> text, int start, int from)
    {
        int first = PathText.NameEnd(text, from), end = first;
        for (int words = 1; words < MaxWordsInName && end > from && end < text.Length && text[end] == ' '; words++)
        {
            int next = PathText.NameEnd(text, end + 1);
            if (next == end + 1)
                break;
            end = next;
            if (PathText.SeparatorAt(text, end) > 0 || end < text.Length && start > 0 && text[end] == text[start - 1] && text[end] is (byte)'"' or (byte)'\'')
                return end;
        }
        return first;
    }

    // C:\Users, C:/Users, /mnt/c/Users, /c/Users: where it begins, or the place itself.
    private static int Drive(ReadOnlySpan<byte> text, int at)
    {
        int separator = PathText.SeparatorBefore(text, at);
        int drive = at - separator;
        if (separator == 0 || drive < 2)
            return at;
        if (text[drive - 1] == ':' && char.IsAsciiLetter((char)text[drive - 2]) && (drive == 2 || !char.IsAsciiLetterOrDigit((char)text[drive - 3]) || PathText.IsBoundaryBefore(text, drive - 2)))
            return drive - 2;
        if (!char.IsAsciiLetter((char)text[drive - 1]) || text[drive - 2] != '/')
            return at;
        int root = drive - 2;
        foreach (ReadOnlySpan<byte> mount in (ReadOnlySpan<byte[]>)Mounts)
        {
            if (text[..root].EndsWith(mount))
                return root - mount.Length;
        }
        return PathText.IsBoundaryBefore(text, root) ? root : at;
    }

    private static readonly byte[][] Mounts = ["/mnt"u8.ToArray(), "/cygdrive"u8.ToArray(), "/host_mnt"u8.ToArray()];

    private static int PlaceOfHomes(ReadOnlySpan<byte> text, int start)
    {
        foreach (string root in RootsBeforeHome)
        {
            int at = start - root.Length;
            if (at >= 0 && System.Text.Ascii.Equals(text[at..start], root) && PathText.IsBoundaryBefore(text, at))
                return at;
        }
        return -1;
    }

    // "/Users/List" with nothing behind it is a page of a web application as often as a folder.
    private static bool IsRoute(ReadOnlySpan<byte> text, int end, int from, int to) =>
        text[end - 1] == 's' && char.IsAsciiLetterUpper((char)text[from]) && PathText.SeparatorAt(text, to) == 0;

    private static Edit Replace(ReadOnlySpan<byte> text, int start, int end) =>
        new(start, end, Rule, ShortText.Of(text[start..end]), Home);
}
