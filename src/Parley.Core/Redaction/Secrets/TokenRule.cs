namespace Parley.Core.Redaction.Secrets;

/// <summary>A kind of token that is known by its own form.</summary>
internal sealed class TokenRule
{
    private Shape[]? _shapes;

    /// <param name="name">The rule's name in replacements and reports, e.g. <c>github-token</c>.</param>
    /// <param name="patterns">Its forms, see <see cref="Shape"/>.</param>
    public TokenRule(string name, params string[] patterns) => (Name, Patterns) = (name, patterns);

    public string Name { get; }

    /// <summary>A pattern for each of several characters after a start that is too short to be looked for.</summary>
    public static string[] ForEach(string start, string next, string rest)
    {
        var patterns = new string[next.Length];
        for (int i = 0; i < next.Length; i++)
            patterns[i] = start + next[i] + rest;
        return patterns;
    }

    public IReadOnlyList<string> Patterns { get; }

    /// <summary>Read from the patterns when first needed: a run rarely meets more than a few kinds.</summary>
    public IReadOnlyList<Shape> Shapes => _shapes ??= [.. Patterns.Select(Shape.Parse)];
}
