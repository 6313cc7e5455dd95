using Parley.Core.Takeover;
using Parley.Core.Transcripts;
using Parley.Core.Transfer;

namespace Parley.Core.Tests.Takeover;

/// <summary>Another machine, in a temporary folder: with a home, a project, and room for what arrives.</summary>
internal sealed class Receiver : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("parley-receiver-").FullName;
    private int _ids;
    private int _arrivals;

    public Receiver()
    {
        Directory.CreateDirectory(Project);
    }

    public string Home => Path.Combine(_root, "home", "bob");

    public string Project => Path.Combine(_root, "srv", "their shop");

    public string ClientFolder => Path.Combine(Home, ".claude");

    public InstallTarget Target => new() { Home = Home, ClientFolder = ClientFolder, ProjectFolder = Project, NewId = NewId };

    /// <summary>What a session is there once it is packed and has come over whole.</summary>
    public ReceivedSession Arrive(PackedSession packed)
    {
        string folder = Path.Combine(_root, $"arrived-{++_arrivals}");
        foreach (PackedFile file in packed.Files)
        {
            string path = Path.Combine(folder, file.Name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using Stream from = file.Open(), to = File.Create(path);
            from.CopyTo(to);
        }
        return new ReceivedSession { Agent = packed.Agent, Id = packed.Id, Origin = packed.Origin, Folder = folder, Files = [.. packed.Files.Select(file => file.Name)] };
    }

    public ReceivedSession Arrive(string transcript)
    {
        using PackedSession packed = SessionPacker.Pack(TranscriptReader.Open(transcript).Info);
        return Arrive(packed);
    }

    public InstalledSession Take(string transcript) => SessionInstaller.Install(Arrive(transcript), Target);

    /// <summary>Text of the sender's with this machine's folders, replaced as a person would do it.</summary>
    public string Mapped(string text, SessionOrigin origin) => text
        .Replace(origin.WorkingDirectory!, Project, StringComparison.Ordinal).Replace(Encoded(origin.WorkingDirectory!), Encoded(Project), StringComparison.Ordinal)
        .Replace(origin.Home!, Home, StringComparison.Ordinal).Replace(Encoded(origin.Home!), Encoded(Home), StringComparison.Ordinal);

    /// <summary>Every file and folder in the client's folder, relative to it.</summary>
    public IReadOnlyList<string> ClientFiles() => !Directory.Exists(ClientFolder) ? [] :
        [.. Directory.GetFileSystemEntries(ClientFolder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(ClientFolder, path)).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static string Encoded(string path) => string.Concat(path.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));

    private Guid NewId() => new($"00000000-0000-4000-8000-{++_ids:x12}");
}
