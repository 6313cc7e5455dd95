namespace Parley.Core.Tests.Transcripts;

/// <summary>A copy of a session that grows by pieces of any size, as if its client wrote it: sidecars come before the last line does.</summary>
internal sealed class Growing
{
    private readonly List<(string Path, byte[] Bytes, int Written)> _files = [];
    private readonly int _pieces;

    public Growing(string session, Scratch scratch, int pieces = 40)
    {
        _pieces = pieces;
        Add(session, scratch.Transcript);
        string folder = Path.ChangeExtension(session, null);
        foreach (string file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*", SearchOption.AllDirectories) : [])
            Add(file, Path.Combine(scratch.Folder, "session", Path.GetRelativePath(folder, file)));
    }

    /// <summary>Appends to one of the files; false when all are whole.</summary>
    public bool Grow(Random random)
    {
        int[] open = [.. Enumerable.Range(0, _files.Count).Where(i => _files[i].Written < _files[i].Bytes.Length)];
        if (open.Length == 0)
            return false;
        // The transcript itself is whole last.
        int at = open[random.Next(open.Length)];
        (string path, byte[] bytes, int written) = _files[at];
        int length = random.Next(1, 2 + 2 * bytes.Length / _pieces);
        int end = Math.Min(written + length, bytes.Length - (at == 0 && open.Length > 1 ? 1 : 0));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using (var file = new FileStream(path, FileMode.Append))
            file.Write(bytes, written, end - written);
        _files[at] = (path, bytes, end);
        return true;
    }

    private void Add(string from, string to) => _files.Add((to, File.ReadAllBytes(from), 0));
}
