using Parley.Server.Sessions;

namespace Parley.Server.Sharing;

/// <summary>How a session is to be shared.</summary>
/// <param name="Link">Whether its link alone lets anyone read it; null for as it is.</param>
/// <param name="Token">A new token to make; null for none.</param>
public sealed record ShareRequest(bool? Link = null, TokenRequest? Token = null)
{
    /// <summary>What is wrong with it; null for nothing.</summary>
    internal string? Problem => Link is null && Token is null
        ? "Say how to share it: {\"link\":true} for the public link, {\"token\":{\"expiresIn\":86400}} for a token."
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
