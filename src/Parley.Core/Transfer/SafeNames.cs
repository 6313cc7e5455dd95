namespace Parley.Core.Transfer;

/// <summary>The files of one session by name: safe, and no two of them the same file, or one the other's folder, on any system.</summary>
internal sealed class SafeNames
{
    private readonly HashSet<string> _files = new(StringComparer.OrdinalIgnoreCase);

    // By the spelling that came first: two spellings would be one folder here and two there.
    private readonly Dictionary<string, string> _folders = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="TransferException">The name is unsafe, or collides with one before.</exception>
    public void Add(string name)
    {
        SafePath.Require(name);
        for (int end = name.IndexOf('/'); end >= 0; end = name.IndexOf('/', end + 1))
            AddFolder(name, name[..end]);
        if (_folders.ContainsKey(name) || !_files.Add(name))
            throw SafePath.Unsafe(name, "it is another file's name or folder, on some systems at least");
    }

    private void AddFolder(string name, string folder)
    {
        if (_files.Contains(folder))
            throw SafePath.Unsafe(name, "a folder of it is another file's name");
        if (!_folders.TryAdd(folder, folder) && _folders[folder] != folder)
            throw SafePath.Unsafe(name, "a folder of it is spelled in two ways");
    }
}
