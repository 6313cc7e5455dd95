using System.Runtime.InteropServices;
using System.Text;
using Parley.Cli.LocalSessions;
using Parley.Core.Transcripts;

namespace Parley.Cli.Mcp;

/// <summary>
/// Which session the client is in that started this process. The client's own file is asked each time, since it follows <c>/clear</c>,
/// <c>/branch</c>, <c>/cd</c> and resume while this process stays; where that file is not to be had, what a hook said last holds.
/// </summary>
internal sealed class CurrentSession(SessionCatalog catalog)
{
    /// <summary>The client writes a session's first lines some hundred milliseconds after the first prompt.</summary>
    private static readonly TimeSpan FirstLines = TimeSpan.FromSeconds(2), Pause = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(1);

    /// <summary>What the client has written last stands within these.</summary>
    private const int EndBytes = 256 * 1024;

    private readonly int? _client = OperatingSystem.IsWindows() ? null : GetParent();
    private volatile string? _told = Environment.GetEnvironmentVariable("CLAUDE_CODE_SESSION_ID");

    /// <summary>Null when nobody has said it: the process was not started by a client.</summary>
    public string? Id => (_client is { } client ? catalog.CurrentOf(client) : null) ?? _told;

    /// <summary>Its transcript; null while there is none.</summary>
    public string? Transcript => Id is { } id ? catalog.Find(id) : null;

    /// <summary>Takes a hook's word for it.</summary>
    public void Tell(string? sessionId)
    {
        if (Guid.TryParse(sessionId, out _))
            _told = sessionId;
    }

    /// <exception cref="Failure">There is no current session, or nothing has been written of it.</exception>
    public async Task<Transcript> OpenAsync(CancellationToken cancel)
    {
        string id = Id ?? throw new Failure("there is no current session: `parley mcp` was not started by Claude Code. Share a session with `parley share` instead.");
        for (TimeSpan waited = TimeSpan.Zero; waited < FirstLines; waited += Pause)
        {
            if (catalog.Find(id) is { } path && LocalCatalog.OpenFile(path) is { Info.EntryCount: > 0 } transcript)
                return transcript;
            await Task.Delay(Pause, cancel);
        }
        throw new Failure($"nothing has been written of the session {id} yet. Ask again after its first prompt; if it stays so, Claude Code runs without keeping its sessions.");
    }

    /// <summary>
    /// Waits until the client has written the answer that called a tool, with the words before the call. It does so some hundred milliseconds after it has
    /// the whole answer; a client that doesn't, in time, is not waited for.
    /// </summary>
    /// <param name="toolCall">The call's id; null when the client has named none.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task WrittenAsync(string? toolCall, CancellationToken cancel)
    {
        if (toolCall is null)
            return;
        for (TimeSpan waited = TimeSpan.Zero; waited < Answer && !(Transcript is { } path && EndsWith(path, toolCall)); waited += Pause)
            await Task.Delay(Pause, cancel);
    }

    private static bool EndsWith(string path, string toolCall)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            file.Position = Math.Max(0, file.Length - EndBytes);
            var end = new byte[EndBytes];
            return end.AsSpan(0, file.ReadAtLeast(end, EndBytes, throwOnEndOfStream: false)).IndexOf(Encoding.UTF8.GetBytes(toolCall)) >= 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "getppid")]
    private static extern int GetParent();
}
