using Parley.Cli.Servers;
using Parley.Core.Credentials;

namespace Parley.Cli.Hosting;

/// <summary>A private folder for what a host holds of a workspace; it goes when the command ends, and what a killed one has left goes with the next.</summary>
internal sealed class HostFolder : IDisposable
{
    private readonly string _path;
    private readonly FileStream _lock;

    private HostFolder(string path, FileStream held) => (_path, _lock) = (path, held);

    /// <summary>The files that are shared with the agent.</summary>
    public string Files => Path.Combine(_path, "files");

    /// <summary>What the client finds and keeps.</summary>
    public string State => Path.Combine(_path, "state");

    /// <exception cref="Failure">Another host of this machine answers there.</exception>
    public static HostFolder Make(string sessionId)
    {
        string path = StateFolder.Path(Path.Combine("hosts", string.Concat(sessionId.Where(char.IsAsciiLetterOrDigit))));
        PrivateFile.CreateFolder(path);
        FileStream held;
        try
        {
            held = PrivateFile.Open(Path.Combine(path, "lock"), new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.None });
        }
        catch (IOException)
        {
            throw new Failure("another `parley host` of this machine answers in that workspace already.");
        }
        var folder = new HostFolder(path, held);
        folder.Clear();
        PrivateFile.CreateFolder(folder.Files);
        PrivateFile.CreateFolder(folder.State);
        return folder;
    }

    /// <summary>Empties what the client keeps, and gives the folder for the session's files.</summary>
    public string NewSession()
    {
        string session = Path.Combine(State, "resume");
        if (Directory.Exists(session))
            Directory.Delete(session, recursive: true);
        return session;
    }

    public void Dispose()
    {
        Clear();
        _lock.Dispose();
        Directory.Delete(_path, recursive: true);
    }

    private void Clear()
    {
        foreach (string folder in (string[])[Files, State])
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
    }
}
