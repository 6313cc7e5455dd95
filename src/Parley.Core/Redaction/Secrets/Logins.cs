using System.Buffers;
using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction.Secrets;

/// <summary>
/// Recognises passwords that stand behind a user's name without a word that says so: lines of <c>.pgpass</c> and of cookie files, data source
/// names, and calls such as <c>login("jane", "X")</c>.
/// </summary>
internal static class Logins
{
    private const int MaxLine = 1024;
    private const int PgPassFields = 5;
    private const int CookieFields = 7;

    /// <summary>What a line of a password file of PostgreSQL has in it.</summary>
    public static readonly string[] PgPass = [":5432:", ":5433:", ":6432:", ":*:*:"];

    /// <summary>What follows the password in a data source name, or goes before the user's.</summary>
    public static readonly string[] SourceNames = ["@tcp(", "@unix(", "oracle:thin:", "sqlplus "];

    /// <summary>Calls that take a user's name and a password.</summary>
    public static readonly string[] Calls = [".login(", "BasicAuth(", "auth=(", ".basic_auth("];

    private static readonly SearchValues<byte> WordEnds = SearchValues.Create(" \t\r\n\"'`<>;|"u8);

    // host:port:database:user:X
    public static void RecognisePgPass(in Scene scene, int at)
    {
        (int start, int end) = Line(scene.Text, at);
        ReadOnlySpan<byte> line = scene.Text[start..end];
        int field = 0;
        foreach (Range range in line.Split((byte)':'))
        {
            field++;
            if (field == 2 && line[range].ContainsAnyExceptInRange((byte)'*', (byte)'9') || field < PgPassFields && line[range].IsEmpty)
                return;
            if (field == PgPassFields)
                Add(scene, start + range.Start.Value, end);
        }
    }

    // domain TRUE path TRUE expiry name X, each a tab apart
    public static void RecogniseCookie(in Scene scene, int at)
    {
        if (at == 0 || scene.Text[at - 1] != '\t')
            return;
        (int start, int end) = Line(scene.Text, at);
        ReadOnlySpan<byte> line = scene.Text[start..end];
        int last = start + line.LastIndexOf((byte)'\t') + 1;
        if (line.Count((byte)'\t') == CookieFields - 1 && Plausibility.IsSecret(scene.Text[last..end], Grade.Weak, Link.Assignment, quoted: true))
            scene.Add(last, end, "cookie", Certainty.Context);
    }

    public static void RecogniseSourceName(in Scene scene, int at)
    {
        if (scene.Text[at] == '@')
        {
            ReadOnlySpan<byte> before = scene.Text[Math.Max(0, at - MaxLine)..at];
            before = before[(before.LastIndexOfAny(WordEnds) + 1)..];
            if (before.IndexOf((byte)':') is > 0 and var colon)
                Add(scene, at - before.Length + colon + 1, at);
            return;
        }
        int user = at + scene.Text[at..].IndexOfAny((byte)' ', (byte)'n') + (scene.Text[at] == 'o' ? ":".Length : 0) + 1;
        ReadOnlySpan<byte> rest = scene.Text[user..Math.Min(scene.Text.Length, user + MaxLine)];
        int length = rest.IndexOfAny(WordEnds);
        rest = rest[..(length < 0 ? rest.Length : length)];
        if (rest.IndexOf((byte)'/') is > 0 and var slash && rest.LastIndexOf((byte)'@') is > 0 and var host && host > slash)
            Add(scene, user + slash + 1, user + host);
    }

    public static void RecogniseCall(in Scene scene, int at)
    {
        int name = at + scene.Text[at..].IndexOf((byte)'(') + 1;
        if (!TryReadString(scene.Text, name, out _, out int end))
            return;
        int comma = Skip(scene.Text, end + 1);
        if (comma < scene.Text.Length && scene.Text[comma] == ',' && TryReadString(scene.Text, Skip(scene.Text, comma + 1), out int start, out end))
            Add(scene, start, end);
    }

    private static bool TryReadString(ReadOnlySpan<byte> text, int at, out int start, out int end)
    {
        start = at + 1;
        end = start;
        if (at >= text.Length || text[at] is not ((byte)'"' or (byte)'\'' or (byte)'`'))
            return false;
        int length = text[start..Math.Min(text.Length, start + MaxLine)].IndexOfAny(text[at], (byte)'\n');
        end = start + Math.Max(length, 0);
        return length > 0 && text[end] == text[at];
    }

    private static int Skip(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length && text[at] is (byte)' ' or (byte)'\n')
            at++;
        return at;
    }

    private static (int Start, int End) Line(ReadOnlySpan<byte> text, int at)
    {
        int limit = Math.Max(0, at - MaxLine), length = text[at..Math.Min(text.Length, at + MaxLine)].IndexOfAny("\r\n\"'"u8);
        return (limit + text[limit..at].LastIndexOfAny("\r\n\"'"u8) + 1, length < 0 ? Math.Min(text.Length, at + MaxLine) : at + length);
    }

    private static void Add(in Scene scene, int start, int end)
    {
        if (end > start && Plausibility.IsSecret(scene.Text[start..end], Grade.Password, Link.Assignment, quoted: true))
            scene.Add(start, end, "password", Certainty.Context);
    }
}
