using Parley.Cli.Servers;
using Parley.Core.Credentials;
using Parley.Core.Transfer;

namespace Parley.Cli.Takeover;

/// <summary>A private folder for what arrives until it is installed; it goes when the command ends.</summary>
internal sealed class ArrivalFolder : IDisposable
{
    private readonly string _path = Path.Combine(StateFolder.Path("arriving"), Path.GetRandomFileName());

    public ArrivalFolder() => PrivateFile.CreateFolder(_path);

    /// <summary>Where a session's files go. It is not there yet.</summary>
    public string Session => Path.Combine(_path, "session");

    /// <summary>Makes a file to write and then to read.</summary>
    public FileStream CreateFile(string name) =>
        PrivateFile.Open(Path.Combine(_path, name), new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Options = FileOptions.Asynchronous });

    /// <summary>Copies the files of a session that is on this machine.</summary>
    public ReceivedSession Receive(PackedSession packed)
    {
        foreach (PackedFile file in packed.Files)
        {
            string path = SafePath.Below(Session, file.Name);
            PrivateFile.CreateFolder(Path.GetDirectoryName(path)!);
            using Stream from = file.Open();
            using FileStream to = PrivateFile.Open(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write });
            from.CopyTo(to);
        }
        return new ReceivedSession { Agent = packed.Agent, Id = packed.Id, Origin = packed.Origin, Folder = Session, Files = [.. packed.Files.Select(file => file.Name)] };
    }

    public void Dispose()
    {
        if (Directory.Exists(_path))
            Directory.Delete(_path, recursive: true);
    }
}
