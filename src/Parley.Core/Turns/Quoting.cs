namespace Parley.Core.Turns;

/// <summary>
/// Marks what is given to the model with who said it. The marks bear characters that the people of the workspace don't know; should they have
/// learned them, since the agent has quoted them, they are taken out of whatever is marked. So nobody speaks in another's name.
/// </summary>
/// <param name="mark">Those characters; the same for a workspace at all times, or the API's cache would serve for nothing.</param>
public sealed class Quoting(string mark)
{
    /// <summary>Characters of a name that are given.</summary>
    public const int MaxName = 80;

    public string Mark => mark;

    /// <summary>What a person asks the agent.</summary>
    public string Person(string name, string text) => Tag("person", $" name=\"{Attribute(name)}\"", text);

    /// <summary>What a person says to the others.</summary>
    public string Note(string name, string text) => Tag("note", $" from=\"{Attribute(name)}\"", text);

    /// <summary>What has happened.</summary>
    public string Event(string text) => Tag("event", "", text);

    /// <summary>What stands in a file, or anywhere else where strangers write.</summary>
    public string Data(string text) => Tag("data", "", text);

    /// <summary>The text without the characters that marks bear.</summary>
    public string Without(string text) => text.Replace(mark, "…", StringComparison.OrdinalIgnoreCase);

    private string Tag(string name, string attributes, string text) => $"<{name}-{mark}{attributes}>\n{Without(text)}\n</{name}-{mark}>";

    private string Attribute(string name)
    {
        string clean = string.Concat(Without(name).Take(MaxName).Select(c => char.IsControl(c) || c is '"' or '<' or '>' || char.IsSurrogate(c) ? ' ' : c)).Trim();
        return clean == "" ? "somebody" : clean;
    }
}
