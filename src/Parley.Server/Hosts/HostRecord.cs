namespace Parley.Server.Hosts;

/// <summary>A machine that answers in one workspace with the agent's own client.</summary>
/// <param name="Id">By which it is listed and revoked.</param>
/// <param name="SessionId">The workspace.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="CreatedAt">Since when its token works.</param>
/// <param name="SeenAt">When it was heard of; null before it came and after it said goodbye.</param>
public sealed record HostRecord(string Id, string SessionId, string Name, DateTimeOffset CreatedAt, DateTimeOffset? SeenAt)
{
    /// <summary>By what the turns that it has know it.</summary>
    public string Runner => RunnerOf(Id);

    public static string RunnerOf(string id) => $"host {id}";

    /// <summary>Whether a turn's runner is a machine of its owner's, which costs this server nothing.</summary>
    public static bool IsHost(string? runner) => runner?.StartsWith("host ", StringComparison.Ordinal) == true;
}
