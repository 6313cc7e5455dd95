namespace Parley.Server.Turns;

/// <summary>What the environment says about the agent that answers in workspaces.</summary>
public sealed record AgentOptions
{
    public const string DefaultModel = "claude-sonnet-4-6";

    /// <summary>PARLEY_ANTHROPIC_API_KEY, else ANTHROPIC_API_KEY: with it this server answers itself; null leaves that to runners elsewhere.</summary>
    public string? ApiKey { get; init; }

    /// <summary>PARLEY_ANTHROPIC_BASE_URL: where the Messages API is; null for Anthropic's own.</summary>
    public Uri? BaseUrl { get; init; }

    /// <summary>PARLEY_MODEL: which model answers where the workspace's owner names none.</summary>
    public string Model { get; init; } = DefaultModel;

    /// <summary>PARLEY_MODEL_PRICES over those that are known.</summary>
    public ModelPrices Prices { get; init; } = ModelPrices.Default;

    /// <summary>PARLEY_WORKSPACE_BUDGET: what one workspace may cost where its owner says nothing; null for no limit.</summary>
    public Money? Budget { get; init; } = Money.Of(10);

    /// <summary>PARLEY_RUNNER_TOKEN: what runners on other machines present; null for one that only this server knows.</summary>
    public string? RunnerToken { get; init; }

    /// <summary>PARLEY_RUNNER_TURNS: how many turns one runner has at a time.</summary>
    public int TurnsAtOnce { get; init; } = 16;

    /// <summary>PARLEY_RUNNER_LEASE: for how long a runner is believed without a sign of life.</summary>
    public TimeSpan Lease { get; init; } = Core.Turns.Lease.Length;

    /// <summary>PARLEY_RUNNER_SERVER: the server that a runner on its own works for.</summary>
    public Uri? RunnerServer { get; init; }
}
