namespace Parley.Core.Redaction;

/// <summary>What is personal on this machine and in this project.</summary>
public sealed record RedactionOptions
{
    /// <summary>Home folders to become <c>~</c> beside the well-known forms (/home/x, /Users/x, C:\Users\x), absolute; <c>/root</c> only when it is here.</summary>
    public IReadOnlyList<string> HomeFolders { get; init; } = [];

    /// <summary>The project's folders, absolute, to become <c>.</c>.</summary>
    public IReadOnlyList<string> ProjectFolders { get; init; } = [];

    /// <summary>Login names to become <c>user</c> where they stand alone.</summary>
    public IReadOnlyList<string> UserNames { get; init; } = [];

    /// <summary>Names of this machine to become <c>host</c> where they stand alone.</summary>
    public IReadOnlyList<string> HostNames { get; init; } = [];

    /// <summary>Values to remove in any case.</summary>
    public IReadOnlyList<string> ExtraValues { get; init; } = [];

    /// <summary>Values never to remove.</summary>
    public IReadOnlyList<string> AllowedValues { get; init; } = [];

    /// <summary>
    /// What the numbers in replacements begin with, letters: a redactor that comes after another has a series of its own, so that its
    /// <c>[REDACTED:github-token:s1]</c> is not taken for the value behind the first one's <c>[REDACTED:github-token]</c>.
    /// </summary>
    public string MarkerSeries { get; init; } = "";

    /// <summary>Rules of the project or the user, beside those that Parley has.</summary>
    public IReadOnlyList<OwnRule> OwnRules { get; init; } = [];
}
