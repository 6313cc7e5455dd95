namespace Parley.Core.Credentials;

/// <summary>Makes files and folders that only this user can read. On Windows those of a user's profile are so by themselves.</summary>
public static class PrivateFile
{
    private const UnixFileMode File = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Folder = File | UnixFileMode.UserExecute;

    /// <summary>Makes a folder with those above it; one that is there stays as it is.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }
        // The system's own call makes the folders above with another mode.
        if (Path.GetDirectoryName(path) is { Length: > 0 } parent && !Directory.Exists(parent))
            CreateFolder(parent);
        Directory.CreateDirectory(path, Folder);
    }

    /// <summary>Opens a file; when that makes it, only this user can read it from its first moment on.</summary>
    public static FileStream Open(string path, FileStreamOptions options)
    {
        if (!OperatingSystem.IsWindows() && options.Mode != FileMode.Open)
            options.UnixCreateMode = File;
        return new FileStream(path, options);
    }
}
