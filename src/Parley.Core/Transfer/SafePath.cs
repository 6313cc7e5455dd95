using System.Buffers;

namespace Parley.Core.Transfer;

/// <summary>
/// The only way from a name that somebody else chose to a path below a folder (docs/protocol.md, section 6). What is allowed is what sessions' files are
/// called on every system: ASCII, so that no two names are the same file by case or normalisation without being seen to be.
/// </summary>
public static class SafePath
{
    private const int SegmentCharacters = 128;

    // Windows gives the others a meaning (also ~, in short names); / separates.
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+@=,;()[]{}#!&'%$^ ");

    private static readonly HashSet<string> Devices = new(
        [
            "CON", "PRN", "AUX", "NUL", "CLOCK$", "CONIN$", "CONOUT$",
            .. Enumerable.Range(0, 10).SelectMany(i => (string[])[$"COM{i}", $"LPT{i}"]),
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a name may become a path: one to <see cref="TransferLimits.NameDepth"/> segments with <c>/</c> between them.</summary>
    public static bool IsSafe(string name) => Objection(name) is null;

    /// <exception cref="TransferException">The name is unsafe.</exception>
    internal static void Require(string name)
    {
        if (Objection(name) is { } objection)
            throw Unsafe(name, objection);
    }

    /// <summary>The absolute path of <paramref name="name"/> below <paramref name="folder"/>, on whose way there is no link.</summary>
    /// <exception cref="TransferException">The name is unsafe, or leads through a link.</exception>
    public static string Below(string folder, string name)
    {
        Require(name);
        string path = Path.GetFullPath(folder);
        foreach (string segment in name.Split('/'))
        {
            path = Path.Combine(path, segment);
            if (IsLink(path))
                throw Unsafe(name, "it leads through a link");
        }
        return path;
    }

    private static bool IsLink(string path)
    {
        var file = new FileInfo(path);
        return file.LinkTarget is not null || (file.Exists || Directory.Exists(path)) && (file.Attributes & FileAttributes.ReparsePoint) != 0;
    }

    internal static TransferException Unsafe(string name, string objection) => new(
        TransferFailure.UnsafeName, $"A file of the session is called \"{UntrustedText.Shown(name)}\": {objection}. Such a name is taken from nobody.");

    /// <summary>What is wrong with a name, or null.</summary>
    private static string? Objection(string name)
    {
        if (name.Length is 0 or > TransferLimits.NameCharacters)
            return $"a name has 1 to {TransferLimits.NameCharacters} characters";
        string[] segments = name.Split('/');
        if (segments.Length > TransferLimits.NameDepth)
            return $"it is more than {TransferLimits.NameDepth} folders deep";
        return segments.Select(SegmentObjection).FirstOrDefault(objection => objection is not null);
    }

    private static string? SegmentObjection(string segment)
    {
        if (segment.Length is 0 or > SegmentCharacters)
            return $"each part of a name has 1 to {SegmentCharacters} characters";
        if (segment.AsSpan().ContainsAnyExcept(Allowed))
            return "it has characters that are no plain part of a file's name on every system";
        if (segment[0] is '.' or ' ' || segment[^1] is '.' or ' ')
            return "a part begins or ends with a dot or a space";
        return Devices.Contains(segment.Split('.')[0].TrimEnd()) ? "it is a device's name on Windows" : null;
    }
}
