using System.Diagnostics;
using Parley.Core.Transcripts;

namespace Parley.Cli.Promoting;

/// <summary>Waits until the turn that a session is in the middle of is over, and has been written: what goes out is whole.</summary>
internal static class TurnWait
{
    /// <summary>How often the client's own word is looked up.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>The client writes the end of a turn some hundred milliseconds after it has ended.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    /// <summary>Waits for as long as it takes, but not for the turn that waits for this process.</summary>
    /// <param name="session">The session.</param>
    /// <param name="waiting">Is told once when there is a turn to wait for.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>Whether there was.</returns>
    public static async Task<bool> RunAsync(TranscriptInfo session, Action waiting, CancellationToken cancel)
    {
        if (session.SessionId == Environment.GetEnvironmentVariable("CLAUDE_CODE_SESSION_ID") || !IsInTurn(session.SessionId))
            return false;
        waiting();
        while (IsInTurn(session.SessionId))
            await Task.Delay(Interval, cancel);
        await SettleAsync(session.Path, cancel);
        return true;
    }

    private static bool IsInTurn(string sessionId) => SessionCatalog.OfThisUser().ClientsOf(sessionId).Any(client => client.IsInTurn && IsRunning(client.Process));

    // A client that was killed has left its word behind.
    private static bool IsRunning(int process)
    {
        try
        {
            using var client = Process.GetProcessById(process);
            return !client.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static async Task SettleAsync(string path, CancellationToken cancel)
    {
        for (long before = -1; new FileInfo(path) is { Exists: true, Length: var now } && now != before; before = now)
            await Task.Delay(Settling, cancel);
    }
}
