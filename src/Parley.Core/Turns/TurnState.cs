namespace Parley.Core.Turns;

/// <summary>What has become of a prompt.</summary>
public enum TurnState
{
    /// <summary>It waits for somebody to accept it.</summary>
    Suggested,

    Declined,

    /// <summary>It waits for a runner.</summary>
    Queued,

    /// <summary>Its author took it back before it was taken.</summary>
    Withdrawn,

    /// <summary>A runner holds it under a lease.</summary>
    Running,

    Answered,

    /// <summary>It was closed without an answer.</summary>
    Failed,

    /// <summary>Somebody stopped it while it ran.</summary>
    Interrupted,
}

/// <summary>The states' names on the wire and in the database.</summary>
public static class TurnStates
{
    public static string Name(TurnState state) => state switch
    {
        TurnState.Suggested => "suggested",
        TurnState.Declined => "declined",
        TurnState.Queued => "queued",
        TurnState.Withdrawn => "withdrawn",
        TurnState.Running => "running",
        TurnState.Answered => "answered",
        TurnState.Interrupted => "interrupted",
        _ => "failed",
    };

    /// <summary>The state of that name; null for any other text.</summary>
    public static TurnState? Parse(string? name) => name switch
    {
        "suggested" => TurnState.Suggested,
        "declined" => TurnState.Declined,
        "queued" => TurnState.Queued,
        "withdrawn" => TurnState.Withdrawn,
        "running" => TurnState.Running,
        "answered" => TurnState.Answered,
        "interrupted" => TurnState.Interrupted,
        "failed" => TurnState.Failed,
        _ => null,
    };
}
