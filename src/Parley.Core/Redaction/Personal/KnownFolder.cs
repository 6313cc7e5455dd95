using System.Text;

namespace Parley.Core.Redaction.Personal;

/// <summary>A folder of this machine by its absolute path, found in either kind of separator and any depth of escaping.</summary>
internal sealed class KnownFolder
{
    private readonly byte[][] _segments;
    private readonly bool _hasDrive;

    public KnownFolder(string path, PersonalKind kind)
    {
        string[] segments = Segments(path);
        _segments = Array.ConvertAll(segments, Encoding.UTF8.GetBytes);
        _hasDrive = segments[0].EndsWith(':');
        Kind = kind;
        LastSegment = segments[^1];
        Encoded = EncodedPaths.Encode(path.TrimEnd('/', '\\'));
    }

    public PersonalKind Kind { get; }

    public string LastSegment { get; }

    /// <summary>As Claude Code names it.</summary>
    public string Encoded { get; }

    /// <summary>Whether the path is one that may be replaced: not a drive or the root.</summary>
    public static bool IsUseful(string path) => Segments(path) is { Length: > 0 } segments && segments[^1].Length >= 3 && (segments.Length > 1 || !segments[0].EndsWith(':'));

    /// <summary>The edit for the folder whose last segment ends at a place, if all its segments stand before.</summary>
    public Edit? Find(ReadOnlySpan<byte> text, int end)
    {
        if (end < text.Length && GoesOn(text, end))
            return null;
        int at = end;
        for (int s = _segments.Length - 1; s >= 0; s--)
        {
            at -= _segments[s].Length;
            if (at < 0 || !text.Slice(at, _segments[s].Length).SequenceEqual(_segments[s]))
                return null;
            int separator = PathText.SeparatorBefore(text, at);
            if (separator == 0 && !(s == 0 && _hasDrive))
                return null;
            at -= s == 0 && _hasDrive ? 0 : separator;
        }
        if (_segments.Length == 1 && IsHost(text, at))
            return null;
        return PathText.IsBoundaryBefore(text, at)
            ? new Edit(at, end, Kind == PersonalKind.Project ? "project-folder" : "home-folder", ShortText.Of(text[at..end]), Kind == PersonalKind.Project ? "." : "~")
            : null;
    }

    // mysql://root
    private static bool IsHost(ReadOnlySpan<byte> text, int at) => text[..at].EndsWith(":"u8) && text[at..].StartsWith("//"u8) && !text[at..].StartsWith("///"u8);

    // A full stop ends a sentence, unless a name goes on behind it.
    private static bool GoesOn(ReadOnlySpan<byte> text, int end) =>
        PathText.IsName(text[end]) && !(text[end] == '.' && (end + 1 == text.Length || !PathText.IsName(text[end + 1])));

    private static string[] Segments(string path) => path.Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries);
}
