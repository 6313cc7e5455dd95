namespace Parley.Core.Sessions;

/// <summary>
/// What happens among the people of a workspace and is told in its log: entries with the block
/// <c>{"type":"event","event":"…","name":"…","by":"…","text":"…"}</c>.
/// </summary>
public static class RoomEvents
{
    public const string Joined = "joined", Left = "left", Removed = "removed", Owner = "owner", Closed = "closed";

    /// <summary>Whether an event is one of these.</summary>
    public static bool IsOne(string? what) => what is Joined or Left or Removed or Owner or Closed;

    /// <param name="what">One of the names here.</param>
    /// <param name="name">Whom it is about.</param>
    /// <param name="at">When.</param>
    /// <param name="by">Who did it; null where that is the same.</param>
    /// <param name="text">What else there is to say; null for nothing.</param>
    public static Entry Entry(string what, string name, DateTimeOffset at, string? by = null, string? text = null) => new()
    {
        Role = Role.Event,
        Timestamp = at,
        Blocks = JsonText.Block(("type", "event"), ("event", what), ("name", name), ("by", by), ("text", text)),
    };
}
