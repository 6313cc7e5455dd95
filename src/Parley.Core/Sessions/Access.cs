namespace Parley.Core.Sessions;

/// <summary>Who may do what with a session. The only place where this is decided; it looks nothing up and knows no clock of its own.</summary>
public static class Access
{
    /// <summary>Whether the caller may do this now. What no line allows is denied.</summary>
    public static bool Allows(Caller caller, SessionTerms session, SessionAction action, DateTimeOffset now) => (caller, session, action) switch
    {
        _ when session.ExpiresAt <= now => false,
        _ when caller.AccountId is { } account && account == session.OwnerId => true,
        (_, { IsPublic: true }, SessionAction.Read) => true,
        _ => false,
    };
}

/// <summary>Who is asking, resolved once per request.</summary>
/// <param name="AccountId">The account that the caller's API key belongs to; null for anonymous.</param>
public sealed record Caller(long? AccountId)
{
    public static Caller Anonymous { get; } = new((long?)null);

    public bool IsAnonymous => AccountId is null;
}

/// <summary>What of a session decides about access.</summary>
/// <param name="OwnerId">The account that shared it.</param>
/// <param name="IsPublic">Whether its link alone lets anyone read it.</param>
/// <param name="ExpiresAt">When it ends for everyone, its owner included; null for never.</param>
public readonly record struct SessionTerms(long OwnerId, bool IsPublic, DateTimeOffset? ExpiresAt);

/// <summary>What a caller wants to do with a session.</summary>
public enum SessionAction
{
    /// <summary>See its entries, as a page, as JSON or as a bundle.</summary>
    Read,

    /// <summary>Change its title or its expiry.</summary>
    Edit,

    Delete,
}
