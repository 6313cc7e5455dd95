using Parley.Core.Sessions;

namespace Parley.Server.Audit;

/// <summary>Who did something, as the audit trail knows them: an account, the holder of a token, or somebody in a network.</summary>
/// <param name="AccountId">The account; null for nobody's.</param>
/// <param name="ShareId">The share whose token was presented; null for none.</param>
/// <param name="Network">Where they are; accounts are not placed.</param>
public readonly record struct Actor(long? AccountId, string? ShareId, Network? Network)
{
    public static Actor Of(Caller caller, HttpContext http) => new(
        caller.AccountId, caller.ShareId, caller.AccountId is null ? Audit.Network.Of(http.Connection.RemoteIpAddress) : null);

    public static Actor Of(long accountId) => new(accountId, null, null);
}
