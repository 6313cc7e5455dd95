namespace Parley.Cli.Live;

/// <summary>How far a live share is.</summary>
/// <param name="Sent">Entries on the server, marks included.</param>
/// <param name="Waiting">Entries that have to go there yet.</param>
/// <param name="Viewers">How many are watching; null where nobody asked.</param>
/// <param name="Problem">Why the server can't be reached; null while it can.</param>
internal sealed record LiveStatus(int Sent, int Waiting, int? Viewers, string? Problem);

/// <summary>Why a live share has come to its end.</summary>
internal enum LiveEnd
{
    /// <summary>It was asked to stop.</summary>
    Stopped,

    /// <summary>It was asked to stop, and the server could not be told.</summary>
    Unheard,

    /// <summary>The session was taken back or has expired.</summary>
    Gone,

    /// <summary>The conversation goes on in a workspace, which takes nothing from here.</summary>
    Moved,
}
