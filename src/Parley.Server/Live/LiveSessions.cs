namespace Parley.Server.Live;

/// <summary>
/// The sessions that were driven last, in memory. One that is forgotten, by its age or by a restart, begins anew: its redactor then knows what
/// gives itself away and what comes again, but not what it had learned before.
/// </summary>
public sealed class LiveSessions
{
    /// <summary>How many sessions are remembered at most; what was driven longest ago goes first.</summary>
    public const int MaxRemembered = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<(string Id, LiveSession Session)>> _byId = [];
    private readonly LinkedList<(string Id, LiveSession Session)> _recent = new();

    /// <summary>The session for the caller alone, until it is disposed of.</summary>
    internal ValueTask<LiveSession> EnterAsync(string id, CancellationToken cancel) => Find(id).EnterAsync(cancel);

    private LiveSession Find(string id)
    {
        lock (_lock)
        {
            if (_byId.TryGetValue(id, out var node))
                _recent.Remove(node);
            else
                _byId.Add(id, node = new((id, new LiveSession())));
            _recent.AddFirst(node);
            if (_byId.Count > MaxRemembered)
            {
                _byId.Remove(_recent.Last!.Value.Id);
                _recent.RemoveLast();
            }
            return node.Value.Session;
        }
    }
}
