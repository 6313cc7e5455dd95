using Parley.Server.Sessions;

namespace Parley.Server.Live;

/// <summary>Who is at a session.</summary>
/// <param name="Viewers">How many watch it.</param>
/// <param name="Driver">Whether whoever drives it was heard of lately.</param>
public readonly record struct Presence(int Viewers, bool Driver)
{
    /// <summary>A driver that says nothing for so long is taken to be away.</summary>
    public static readonly TimeSpan DriverPatience = TimeSpan.FromSeconds(90);

    /// <summary>Comings and goings within this time are told as one.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(200);

    /// <summary>Whether the driver of a session is there. A workspace is driven by who is in it.</summary>
    public static bool IsDriverHere(SessionRecord session, DateTimeOffset now) => session.Workspace == WorkspaceState.Open
        || session.Live == LiveState.Live && session.DriverSeenAt is { } seen && now < seen + DriverPatience;
}
