using Parley.Server.Accounts;
using Parley.Server.Hosting;

namespace Parley.Server.Turns;

/// <summary>What runners present: PARLEY_RUNNER_TOKEN, else one that follows from the data key, for the runner within the server alone.</summary>
public sealed class RunnerToken(ServerOptions options, DataKey key)
{
    /// <summary>The fewest characters of one that people choose.</summary>
    public const int MinLength = 32;

    private const string Scheme = "Bearer ";

    public string Text { get; } = options.Agent.RunnerToken ?? key.Digest("parley runner token");

    public bool IsPresented(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var header && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && Secret.SameHash(Secret.Hash(header[Scheme.Length..].Trim()), Secret.Hash(Text));
}
