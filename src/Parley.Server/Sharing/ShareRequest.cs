using Parley.Core.Context;
using Parley.Server.Sessions;

namespace Parley.Server.Sharing;

/// <summary>How a session is to be shared: by its link, by a token, or with people (<see cref="Promoting.PromotionTerms"/>).</summary>
/// <param name="Link">Whether its link alone lets anyone read it; null for as it is.</param>
/// <param name="Token">A new token to make; null for none.</param>
public sealed record ShareRequest(bool? Link = null, TokenRequest? Token = null)
{
    /// <summary>E-mail addresses of people to invite.</summary>
    public IReadOnlyList<string?>? Recipients { get; init; }

    /// <summary>What they may do: <c>viewer</c>, <c>suggester</c> or <c>prompter</c>.</summary>
    public string? Role { get; init; }

    /// <summary>What the agent may use, of what was uploaded before; the rest becomes private. Null leaves all as it is.</summary>
    public ContextChoice? Context { get; init; }

    /// <summary><c>multiplayer</c>: the conversation goes on in a workspace. <c>view</c>: it goes on where it is, and people read it.</summary>
    public string? Mode { get; init; }

    /// <summary>Whether the session is to be promoted, and not only opened.</summary>
    internal bool Promotes => Recipients is not null || Role is not null || Context is not null || Mode is not null;

    /// <summary>What is wrong with it; null for nothing. Of a promotion <see cref="Promoting.PromotionTerms"/> says it.</summary>
    internal string? Problem => Link is null && Token is null
        ? "Say how to share it: {\"link\":true} for the public link, {\"token\":{\"expiresIn\":86400}} for a token, {\"recipients\":[\"ana@example.org\"]} for people."
        : Token?.Problem;
}

/// <summary>What a new token is to be like.</summary>
public sealed record TokenRequest
{
    /// <summary>What the owner will call it.</summary>
    public string? Name { get; init; }

    /// <summary>Seconds from now until it opens nothing; a day where it is left out, and null for as long as the session is there.</summary>
    public long? ExpiresIn { get; init; } = (long)Expiry.Token.TotalSeconds;

    internal string? Problem => Expiry.TokenProblem(ExpiresIn);
}

/// <summary>A change of a share.</summary>
/// <param name="ExpiresIn">Seconds from now until it opens nothing; null for as long as the session is there.</param>
public sealed record ShareEdit([property: System.Text.Json.Serialization.JsonRequired] long? ExpiresIn);
