using System.Collections.Frozen;
using System.Text;

namespace Parley.Core.Redaction.Personal;

/// <summary>Names of home folders that tell nothing of a person: those that systems share, and those that documentation makes up.</summary>
internal static class NamesOfNobody
{
    private const int MaxLength = 16;

    private static readonly FrozenSet<string> Names = new[]
    {
        "shared", "public", "default", "all users", "linuxbrew", "www", "ftp", "external",
        "user", "username", "user-name", "user_name", "yourname", "yourusername", "your-username", "youruser", "you", "me", "myuser", "myname", "someone", "somebody", "someuser",
        "foo", "bar", "baz", "foobar", "xxx", "name", "example",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static bool Contain(ReadOnlySpan<byte> name)
    {
        Span<char> characters = stackalloc char[MaxLength];
        return name.Length <= MaxLength && Encoding.UTF8.TryGetChars(name, characters, out int length)
            && Names.GetAlternateLookup<ReadOnlySpan<char>>().Contains(characters[..length]);
    }
}
