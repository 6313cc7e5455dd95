namespace Parley.Server.Live;

/// <summary>The other servers on the same database. What is said to them reaches each of them once, or they are told that they have missed something.</summary>
public abstract class Neighbours
{
    /// <summary>Another server says something; the first argument is its name.</summary>
    public event Action<string, LiveMessage>? Said;

    /// <summary>What others said may have been missed.</summary>
    public event Action? Missed;

    /// <summary>Says something to all of them. It returns at once and does not fail.</summary>
    public abstract void Say(LiveMessage message);

    protected void Hear(string server, LiveMessage message) => Said?.Invoke(server, message);

    protected void Miss() => Missed?.Invoke();
}

/// <summary>None: SQLite has one server.</summary>
public sealed class NoNeighbours : Neighbours
{
    public override void Say(LiveMessage message)
    {
    }
}
