using System.Security.Cryptography;
using System.Text;
using Parley.Cli.Servers;
using Parley.Core.Credentials;
using Parley.Core.Transfer;

namespace Parley.Cli.Transfers;

/// <summary>
/// Where a session arrives before it is installed: a private folder of its own that a second run finds again, so that a broken transfer goes on.
/// Whoever holds it holds its lock.
/// </summary>
internal sealed class Staging : IDisposable
{
    /// <summary>What nobody has gone on with for so long is deleted.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    private static readonly string Root = StateFolder.Path("receiving");

    private readonly FileStream _lock;

    private Staging(string folder, FileStream file) => (Folder, _lock) = (folder, file);

    public string Folder { get; }

    /// <exception cref="Failure">Another process is receiving this session.</exception>
    public static Staging Open(OfferedSession session)
    {
        // The id is a stranger's: only its digest names a folder.
        byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{session.Agent}\n{session.Id}"));
        string folder = Path.Combine(Root, Convert.ToHexStringLower(digest.AsSpan(0, 16)));
        PrivateFile.CreateFolder(Root);
        if (TryLock(folder) is not { } held)
            throw new Failure("another `parley receive` is taking this session just now. Wait until it has ended.");
        PrivateFile.CreateFolder(folder);
        return new Staging(folder, held);
    }

    /// <summary>Deletes what was left behind long ago.</summary>
    public static void CleanUp(DateTime nowUtc)
    {
        foreach (string folder in Directory.Exists(Root) ? Directory.GetDirectories(Root) : [])
        {
            if (nowUtc - LastTouched(folder) < Kept || TryLock(folder) is not { } held)
                continue;
            using var staging = new Staging(folder, held);
            staging.Delete();
        }
    }

    /// <summary>Deletes the folder: its session is installed, or nobody wants it any more.</summary>
    public void Delete()
    {
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
        File.Delete(_lock.Name);
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream? TryLock(string folder)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.Delete };
            return PrivateFile.Open(folder + ".lock", options);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static DateTime LastTouched(string folder) =>
        new DirectoryInfo(folder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Select(entry => entry.LastWriteTimeUtc).Append(Directory.GetLastWriteTimeUtc(folder)).Max();
}
