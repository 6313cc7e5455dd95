namespace Parley.Server.Relay;

/// <summary>Counts the codes that each address has tried in vain in the present minute.</summary>
/// <param name="most">From so many on it may try no more; 0 is no limit.</param>
/// <param name="clock">Says which minute it is.</param>
public sealed class Misses(int most, TimeProvider clock)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, int> _counts = [];
    private DateTimeOffset _end;

    /// <summary>Whether an address may try another code.</summary>
    public bool Allows(string address)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (now >= _end)
        {
            _counts.Clear();
            _end = now + Window;
        }
        return most == 0 || _counts.GetValueOrDefault(address) < most;
    }

    public void Add(string address) => _counts[address] = _counts.GetValueOrDefault(address) + 1;
}
