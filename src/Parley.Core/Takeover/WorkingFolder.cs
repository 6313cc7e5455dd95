using Parley.Core.Credentials;

namespace Parley.Core.Takeover;

/// <summary>
/// Where a session is made ready, beside the place that it is moved to. While it is locked somebody works in it; one that isn't was left by an installation
/// that was interrupted, and is undone by the next.
/// </summary>
/// <remarks>
/// <c>.parley-X/</c> holds <c>lock</c>, the main file, a folder of sidecars, and as soon as that folder is moved <c>moved</c>, a file with the name that it was moved to.
/// The main file is moved last: until then no client sees anything.
/// </remarks>
internal sealed class WorkingFolder : IDisposable
{
    private const string Prefix = ".parley-", Lock = "lock", Moved = "moved";

    private readonly FileStream _lock;

    private WorkingFolder(string path)
    {
        Path = path;
        PrivateFile.CreateFolder(path);
        _lock = OpenLock(path);
    }

    public string Path { get; }

    public string MainFile => System.IO.Path.Combine(Path, "main");

    public string Sidecars => System.IO.Path.Combine(Path, "sidecars");

    /// <param name="parent">The folder that the session is moved to; it need not exist.</param>
    /// <param name="id">What no other has.</param>
    public static WorkingFolder In(string parent, Guid id)
    {
        PrivateFile.CreateFolder(parent);
        return new WorkingFolder(System.IO.Path.Combine(parent, $"{Prefix}{id:N}"));
    }

    /// <summary>Undoes what interrupted installations have left.</summary>
    public static void CleanUp(string parent)
    {
        foreach (string path in Directory.Exists(parent) ? Directory.GetDirectories(parent, Prefix + "*") : [])
        {
            if (TryOpenLock(path) is not { } held)
                continue;
            using (held)
                Undo(parent, path);
            Directory.Delete(path, recursive: true);
        }
    }

    /// <summary>Moves all of it to its place. Until it has returned nothing is seen there.</summary>
    /// <returns>False when something else has come there meanwhile.</returns>
    public bool TryMoveTo(string mainFile, string sidecars)
    {
        try
        {
            if (Directory.Exists(Sidecars))
            {
                File.WriteAllText(System.IO.Path.Combine(Path, Moved), System.IO.Path.GetFileName(sidecars));
                Directory.Move(Sidecars, sidecars);
            }
            File.Move(MainFile, mainFile, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(mainFile) || Directory.Exists(sidecars))
        {
            return false;
        }
    }

    public void Dispose()
    {
        Undo(System.IO.Path.GetDirectoryName(Path)!, Path);
        _lock.Dispose();
        Directory.Delete(Path, recursive: true);
    }

    // The sidecars came to their place, and the main file did not.
    private static void Undo(string parent, string path)
    {
        string note = System.IO.Path.Combine(path, Moved);
        bool wasMoved = File.Exists(note) && !Directory.Exists(System.IO.Path.Combine(path, "sidecars"));
        if (!wasMoved || !Guid.TryParse(File.ReadAllText(note), out Guid id))
            return;
        string sidecars = System.IO.Path.Combine(parent, $"{id}");
        if (!File.Exists(sidecars + ".jsonl") && Directory.Exists(sidecars))
            Directory.Delete(sidecars, recursive: true);
    }

    private static FileStream OpenLock(string path) =>
        PrivateFile.Open(System.IO.Path.Combine(path, Lock), new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None });

    private static FileStream? TryOpenLock(string path)
    {
        try
        {
            return OpenLock(path);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
