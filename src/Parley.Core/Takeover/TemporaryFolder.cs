using Parley.Core.Credentials;

namespace Parley.Core.Takeover;

/// <summary>A folder that only this user can read, and that is gone when it is disposed.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    /// <param name="parent">The folder in which it is made.</param>
    public TemporaryFolder(string parent)
    {
        PrivateFile.CreateFolder(parent);
        Path = System.IO.Path.Combine(parent, $"parley-{System.IO.Path.GetRandomFileName()}");
        PrivateFile.CreateFolder(Path);
    }

    public string Path { get; }

    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}
