using System.Collections.Concurrent;
using Parley.Core.Sessions;
using Parley.Server.Sessions;

namespace Parley.Server.Live;

/// <summary>The decisions about who may read a session between two changes of its access, shared by all readers that ask as the same caller.</summary>
internal sealed class AccessRound(string id, SessionAccess access)
{
    private readonly ConcurrentDictionary<Caller, Lazy<Task<Admission?>>> _byCaller = new();

    public async ValueTask<Admission?> AdmitAsync(Caller caller)
    {
        Lazy<Task<Admission?>> asked = _byCaller.GetOrAdd(caller, who => new(() => access.AdmitAsync(id, who, SessionAction.Read).AsTask()));
        try
        {
            return await asked.Value;
        }
        catch
        {
            _byCaller.TryRemove(KeyValuePair.Create(caller, asked));
            throw;
        }
    }
}
