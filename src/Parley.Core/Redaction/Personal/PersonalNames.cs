namespace Parley.Core.Redaction.Personal;

/// <summary>Login and host names where they stand alone.</summary>
internal static class PersonalNames
{
    private const int MinLength = 3;

    private static readonly HashSet<string> Common = new(StringComparer.OrdinalIgnoreCase)
    {
        "root", "user", "users", "admin", "administrator", "dev", "developer", "test", "tester", "guest", "home", "node", "ubuntu", "debian", "runner",
        "app", "build", "builder", "docker", "vscode", "codespace", "git", "www", "web", "server", "localhost", "local", "host", "machine",
        "desktop", "laptop", "computer", "claude", "agent", "service", "daemon", "nobody", "default", "code", "work", "main", "master", "name", "none", "data", "system",
    };

    /// <summary>Whether a name tells who somebody is, so that replacing it everywhere does no harm.</summary>
    public static bool IsTelling(string name) => name.Length >= MinLength && !Common.Contains(name) && name.AsSpan().ContainsAnyExceptInRange('0', '9');

    public static Edit? AtName(ReadOnlySpan<byte> text, int start, int end, string replacement, string rule) =>
        IsBoundary(text, start - 1, isBefore: true) && IsBoundary(text, end, isBefore: false)
            ? new Edit(start, end, rule, ShortText.Of(text[start..end]), replacement)
            : null;

    private static bool IsBoundary(ReadOnlySpan<byte> text, int at, bool isBefore)
    {
        if (at < 0 || at >= text.Length)
            return true;
        if (isBefore && at >= 1 && text[at - 1] == '\\' && text[at] is (byte)'n' or (byte)'t' or (byte)'r')
            return true;
        if (isBefore && PathText.IsColourEnd(text, at + 1))
            return true;
        return !char.IsAsciiLetterOrDigit((char)text[at]) && text[at] != '_' && text[at] < 128;
    }
}
