using System.Text;

namespace Parley.Core.Rendering.Tools;

/// <summary>What a patch in Codex's own form does to one file: <c>*** Update File: a.py</c>, then lines that begin with a space, a plus or a minus.</summary>
/// <param name="Path">The file.</param>
/// <param name="Note">What is done to it beside changing lines, in a few words; null for nothing.</param>
/// <param name="Pieces">The changed places, each before and after.</param>
internal sealed record FilePatch(string Path, string? Note, IReadOnlyList<(string Before, string After)> Pieces)
{
    /// <summary>Files and places that are looked at; what is beyond is left to the whole text.</summary>
    private const int MaxFiles = 200, MaxPieces = 500;

    private static readonly (string Head, string? Note)[] Heads = [("*** Add File: ", "new"), ("*** Update File: ", null), ("*** Delete File: ", "deleted")];

    /// <summary>The files of a patch in their order; none if the text is no patch.</summary>
    public static IReadOnlyList<FilePatch> Read(string text)
    {
        var files = new List<FilePatch>();
        if (!text.StartsWith("*** Begin Patch", StringComparison.Ordinal))
            return files;
        var changes = new Changes();
        foreach (ReadOnlySpan<char> line in text.AsSpan().EnumerateLines())
        {
            if (Begin(line) is { } next && files.Count < MaxFiles)
                files.Add(next with { Pieces = changes.Begin() });
            else if (line.StartsWith("*** Move to: ") && files.Count > 0)
                files[^1] = files[^1] with { Note = $"moved to {Lines.OneLine(line[13..], 200)}" };
            else if (line.StartsWith("@@"))
                changes.End();
            else if (files.Count > 0 && !line.StartsWith("*** "))
                changes.Add(line);
        }
        changes.End();
        return files;
    }

    private static FilePatch? Begin(ReadOnlySpan<char> line)
    {
        foreach ((string head, string? note) in Heads)
        {
            if (line.StartsWith(head))
                return new FilePatch(line[head.Length..].Trim().ToString(), note, []);
        }
        return null;
    }

    private sealed class Changes
    {
        private readonly StringBuilder _before = new(), _after = new();
        private List<(string, string)> _pieces = [];

        public List<(string, string)> Begin()
        {
            End();
            return _pieces = [];
        }

        public void Add(ReadOnlySpan<char> line)
        {
            char sign = line.IsEmpty ? ' ' : line[0];
            ReadOnlySpan<char> text = line.IsEmpty ? line : line[1..];
            if (sign is ' ' or '-')
                _before.Append(text).Append('\n');
            if (sign is ' ' or '+')
                _after.Append(text).Append('\n');
        }

        public void End()
        {
            bool isEmpty = string.IsNullOrWhiteSpace(_before.ToString()) && string.IsNullOrWhiteSpace(_after.ToString());
            if (!isEmpty && _pieces.Count < MaxPieces)
                _pieces.Add((_before.ToString(), _after.ToString()));
            _before.Clear();
            _after.Clear();
        }
    }
}
