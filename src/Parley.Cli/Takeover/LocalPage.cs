using Parley.Cli.Servers;
using Parley.Cli.Terminals;
using Parley.Core.Credentials;
using Parley.Core.Rendering.Export;
using Parley.Core.Sessions;

namespace Parley.Cli.Takeover;

/// <summary>A page of this machine's own that shows a session: rendered as the server does it, without script, and read by nobody else.</summary>
internal static class LocalPage
{
    /// <summary>A session that is larger is shown in several pages.</summary>
    private const long PartBytes = 24 * 1024 * 1024;

    /// <summary>How long a page stays after it was opened.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    private static readonly string Root = StateFolder.Path("pages");

    /// <summary>Opens it in the browser; where there is none, its path is printed.</summary>
    public static void Open(SessionHeader header, IEnumerable<Entry> entries, IReadOnlyList<Rewind> rewinds)
    {
        CleanUp(DateTime.UtcNow);
        string folder = Path.Combine(Root, Path.GetRandomFileName());
        PrivateFile.CreateFolder(folder);
        HtmlExport.WriteParts(header, entries, rewinds, number => Create(Path.Combine(folder, NameOf(number))), NameOf, PartBytes);
        string page = Path.Combine(folder, NameOf(1));
        if (Browser.TryOpenFile(page))
            Terminal.Error.WriteLine($"opened “{DisplayText.OneLine(header.Title)}” in the browser");
        else
            Terminal.Out.WriteLine(page);
    }

    private static string NameOf(int number) => number == 1 ? "session.html" : $"session-{number}.html";

    private static FileStream Create(string path) => PrivateFile.Open(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write });

    private static void CleanUp(DateTime nowUtc)
    {
        foreach (string folder in Directory.Exists(Root) ? Directory.GetDirectories(Root) : [])
        {
            if (nowUtc - Directory.GetLastWriteTimeUtc(folder) > Kept)
                Directory.Delete(folder, recursive: true);
        }
    }
}
