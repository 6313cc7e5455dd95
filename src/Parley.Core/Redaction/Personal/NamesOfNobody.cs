using System.Text;

namespace Parley.Core.Redaction.Personal;

/// <summary>Names of home folders that tell nothing of a person: those that systems share, and those that documentation makes up.</summary>
internal static class NamesOfNobody
{
    private static readonly string[] Names =
    [
        "shared", "public", "default", "all users", "linuxbrew", "www", "ftp", "external",
        "user", "username", "user-name", "user_name", "yourname", "yourusername", "your-username", "youruser", "you", "me", "myuser", "myname", "someone", "somebody", "someuser",
        "foo", "bar", "baz", "foobar", "xxx", "name", "example",
    ];

    public static bool Contain(ReadOnlySpan<byte> name)
    {
        foreach (string nobody in Names)
        {
            if (nobody.Length == name.Length && Ascii.EqualsIgnoreCase(name, nobody))
                return true;
        }
        return false;
    }
}
