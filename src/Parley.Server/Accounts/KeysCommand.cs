using Parley.Server.Data;
using Parley.Server.Hosting;
using Parley.Server.Sessions;

namespace Parley.Server.Accounts;

/// <summary><c>parley-server keys create NAME</c>: makes a key directly in the database and prints it alone.</summary>
public static class KeysCommand
{
    public static async Task CreateAsync(ServerOptions options, string name, TextWriter output)
    {
        await using Database database = DatabaseOpening.Open(options, new Metrics());
        await Migrations.ApplyAsync(database);
        var keys = new KeyStore(database, TimeProvider.System);
        NewKey key = await keys.CreateAsync(await keys.OwnerAsync(), Field.Clean(name));
        await output.WriteLineAsync(key.Key);
    }
}
