using System.Collections.Concurrent;

namespace Parley.Server.Bridge;

/// <summary>The machines that are connected to this server.</summary>
public sealed class Machines
{
    /// <summary>The most of one account.</summary>
    public const int MaxOfAccount = 8;

    private readonly ConcurrentDictionary<string, (Machine Machine, long AccountId)> _all = new();

    public Machine? Find(string id) => _all.TryGetValue(id, out (Machine Machine, long AccountId) found) ? found.Machine : null;

    /// <summary>Takes a machine in while it runs; false when the account has too many.</summary>
    public async Task<bool> HoldAsync(Machine machine, long accountId, CancellationToken cancel)
    {
        if (_all.Values.Count(other => other.AccountId == accountId) >= MaxOfAccount)
            return false;
        _all[machine.Id] = (machine, accountId);
        try
        {
            await machine.RunAsync(cancel);
            return true;
        }
        finally
        {
            _all.TryRemove(machine.Id, out _);
        }
    }
}
