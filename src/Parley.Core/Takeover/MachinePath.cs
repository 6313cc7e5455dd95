using System.Text;

namespace Parley.Core.Takeover;

/// <summary>
/// An absolute path of any system, by the names in it: <c>/home/jane/shop</c>, <c>C:\Users\jane\shop</c>. It may come from a stranger, and it is
/// never opened.
/// </summary>
internal sealed record MachinePath
{
    /// <summary>The longest path that is understood, in characters: Linux's own limit.</summary>
    public const int MaxLength = 4096;

    /// <summary>Null on a system without drives.</summary>
    public char? Drive { get; private init; }

    public required IReadOnlyList<string> Names { get; init; }

    public bool IsWindows => Drive is not null;

    /// <summary>The path in its own system's form.</summary>
    public override string ToString() => IsWindows ? $@"{Drive}:\{string.Join('\\', Names)}" : "/" + string.Join('/', Names);

    /// <summary>Null for what is no absolute path with a name in it.</summary>
    public static MachinePath? TryParse(string? path)
    {
        if (path is null || path.Length is < 2 or > MaxLength || path.AsSpan().ContainsAnyInRange('\0', '\x1f') || path.Contains('"'))
            return null;
        bool isWindows = char.IsAsciiLetter(path[0]) && path[1] == ':';
        if (!isWindows && path[0] != '/')
            return null;
        string[] names = isWindows
            ? path[2..].Split(['\\', '/'], StringSplitOptions.RemoveEmptyEntries)
            : path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (names.Length == 0 || names.Any(name => name is "." or ".." || name.Contains('\\')))
            return null;
        return new MachinePath { Drive = isWindows ? char.ToUpperInvariant(path[0]) : null, Names = names };
    }

    /// <summary>What of a path comes behind this folder's names; null where the path is outside.</summary>
    public IReadOnlyList<string>? Below(MachinePath path)
    {
        StringComparison comparison = IsWindows ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        bool isBelow = path.Drive == Drive && path.Names.Count >= Names.Count
            && Names.Zip(path.Names).All(pair => string.Equals(pair.First, pair.Second, comparison));
        return isBelow ? [.. path.Names.Skip(Names.Count)] : null;
    }

    public MachinePath Append(params IEnumerable<string> names) => this with { Names = [.. Names, .. names] };

    /// <summary>The path in UTF-8 with this between its names. A drive stands before it as that form of writing a path asks for.</summary>
    public byte[] Written(string drive, string separator) => Encoding.UTF8.GetBytes(drive + separator + string.Join(separator, Names));
}
