using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Data;
using Parley.Server.Workspaces;

namespace Parley.Server.Tests.Fixtures;

/// <summary>Accounts that are members of a session.</summary>
public static class Members
{
    /// <summary>A client of a new account, which is a member of the session.</summary>
    public static async Task<HttpClient> MemberAsync(this RunningServer server, string session, MemberRole role, string name = "sarah")
    {
        Database database = server.Get<Database>();
        long account = await database.WriteAsync(
            c => c.FirstAsync("INSERT INTO accounts (name) VALUES ($1) RETURNING id", row => row.Number(0), default, name));
        await database.WriteAsync(async connection =>
        {
            await MemberStore.PutAsync(connection, session, account, role, server.Clock.GetUtcNow(), default);
            return true;
        });
        return server.ClientWith((await server.Get<KeyStore>().CreateAsync(account, "a key")).Key);
    }
}
