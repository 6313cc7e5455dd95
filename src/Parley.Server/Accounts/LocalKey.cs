using Parley.Core.Credentials;
using Parley.Server.Hosting;

namespace Parley.Server.Accounts;

/// <summary>Sees to it that the commands of this machine have a key for this server, so that the local case needs no configuration.</summary>
public sealed class LocalKey(KeyStore keys, ServerOptions options, ILogger<LocalKey> log)
{
    /// <param name="address">This server's address, as the commands will know it.</param>
    /// <param name="cancel">The server stops.</param>
    public async Task EnsureAsync(string address, CancellationToken cancel)
    {
        var file = new CredentialsFile(options.CredentialsPath);
        try
        {
            if (file.FindKey(address) is { } known && await keys.FindAccountAsync(known, cancel) is not null)
                return;
            // The file comes first: where it can't be written, no key is left that nobody has.
            string key = Secret.NewKey();
            file.SetKey(address, key);
            await keys.AddAsync(await keys.OwnerAsync(cancel), "this machine", key, cancel);
        }
        catch (CredentialsException e)
        {
            log.LogWarning("The commands of this machine have no key: {Reason} Make one with: parley-server keys create NAME", e.Message);
        }
    }
}
