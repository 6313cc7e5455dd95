namespace Parley.Core.Headless;

/// <summary>What the agent on somebody's machine may use: reading what is shared, unasked; what the machine's owner lets it ask for, by asking; nothing else.</summary>
/// <param name="Asking">The tools that it may ask for.</param>
/// <param name="IsSandboxed">Whether the client sees nothing but what is shared.</param>
public sealed record HostRules(IReadOnlyList<string> Asking, bool IsSandboxed)
{
    /// <summary>Tools that read the shared files.</summary>
    public static readonly IReadOnlyList<string> Reading = ["Read", "Grep", "Glob"];

    // This one lists paths of the whole disk, whatever it is refused.
    private const string ListsEverything = "Glob";

    /// <summary>The tools that the client has at all.</summary>
    public IReadOnlyList<string> Tools => [.. Reading.Where(tool => IsSandboxed || tool != ListsEverything), .. Asking.Except(Reading)];

    /// <summary>Why people are not even asked about this, as the agent is told; null when they are.</summary>
    public string? RefuseUnasked(string tool) =>
        Reading.Contains(tool) ? "Only the files that are shared with this workspace can be read."
        : !Asking.Contains(tool) ? $"{tool} can't be used in this workspace."
        : null;
}
