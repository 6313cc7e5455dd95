using System.Runtime.InteropServices;
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

    [DllImport("libc", EntryPoint = "getppid")]
    private static extern int GetParent();
}
