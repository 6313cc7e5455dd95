namespace Parley.Server.Sessions;

/// <summary>The sessions' rows.</summary>
public sealed class SessionStore
{
    /// <summary>The session, whoever may read it and whether or not it has expired; null when there is none.</summary>
    public ValueTask<SessionRecord?> FindAsync(string id, CancellationToken cancel = default) => throw new NotImplementedException();
}
