using System.Security.Cryptography;
using Parley.Core.Credentials;
using Parley.Core.Transfer.Messages;

namespace Parley.Core.Transfer;

/// <summary>The private folder in which one session arrives, and what earlier attempts left in it.</summary>
internal sealed class Staging : IDisposable
{
    // Links are neither followed nor listed.
    private static readonly EnumerationOptions Within = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, MaxRecursionDepth = TransferLimits.NameDepth };

    private readonly Dictionary<string, (long Length, IncrementalHash Hash)> _parts = [];

    private Staging(string folder) => Folder = folder;

    public string Folder { get; }

    /// <summary>The beginnings of files that are there, as the sender is told of them.</summary>
    public IReadOnlyList<PartMessage> Parts => [.. _parts.Select(part => new PartMessage(part.Key, part.Value.Length, part.Value.Hash.GetCurrentHash()))];

    public static async Task<Staging> OpenAsync(string staging, string id, CancellationToken cancel)
    {
        PrivateFile.CreateFolder(Path.GetFullPath(staging));
        var folder = new Staging(SafePath.Below(staging, id));
        PrivateFile.CreateFolder(folder.Folder);
        foreach (string name in folder.Names().Take(TransferLimits.FilesPerSession))
            await folder.AddPartAsync(name, cancel);
        return folder;
    }

    /// <summary>Opens a file to go on at an offset: 0, or the end of its part, whose hash it goes on with.</summary>
    public (FileStream Content, IncrementalHash Hash) Open(string name, long offset)
    {
        string path = SafePath.Below(Folder, name);
        PrivateFile.CreateFolder(Path.GetDirectoryName(path)!);
        FileStream content = PrivateFile.Open(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, BufferSize = 0 });
        content.SetLength(offset);
        content.Seek(offset, SeekOrigin.Begin);
        return (content, offset > 0 ? _parts[name].Hash : IncrementalHash.CreateHash(HashAlgorithmName.SHA256));
    }

    /// <summary>Whether a file may begin at this offset.</summary>
    public bool Has(string name, long offset) => offset == 0 || _parts.TryGetValue(name, out var part) && part.Length == offset;

    /// <summary>Takes away what is left of files that the session no longer has, since a file then may be a folder now, or the other way round.</summary>
    public void RemoveOthers(IReadOnlySet<string> names)
    {
        foreach (string name in Names().Where(name => !names.Contains(name)).ToList())
            File.Delete(Path.Combine(Folder, name));
        foreach (string folder in Directory.GetDirectories(Folder, "*", Within).OrderByDescending(folder => folder.Length))
        {
            if (!Directory.EnumerateFileSystemEntries(folder).Any())
                Directory.Delete(folder);
        }
    }

    /// <summary>Throws a file away that is not what it should be, so that the next attempt begins it anew.</summary>
    public void Discard(string name) => File.Delete(SafePath.Below(Folder, name));

    private IEnumerable<string> Names() => Directory
        .EnumerateFiles(Folder, "*", Within)
        .Select(path => Path.GetRelativePath(Folder, path).Replace(Path.DirectorySeparatorChar, '/'))
        .Where(SafePath.IsSafe);

    private async Task AddPartAsync(string name, CancellationToken cancel)
    {
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using FileStream content = new(Path.Combine(Folder, name), new FileStreamOptions { BufferSize = 0, Options = FileOptions.Asynchronous | FileOptions.SequentialScan });
        _parts[name] = (await FileHash.AppendAsync(hash, content, long.MaxValue, cancel), hash);
    }

    public void Dispose()
    {
        foreach ((_, IncrementalHash hash) in _parts.Values)
            hash.Dispose();
    }
}
