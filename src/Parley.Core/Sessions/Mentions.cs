namespace Parley.Core.Sessions;

/// <summary>Finds whom a text calls by name: <c>@Sarah</c>, <c>@Sarah Lee</c>, <c>@claude</c>. Letters' case does not matter.</summary>
public static class Mentions
{
    /// <summary>How the agent is called.</summary>
    public const string Agent = "claude";

    /// <summary>Whether the text calls the agent.</summary>
    public static bool CallsAgent(string text) => Calls(text, Agent);

    /// <summary>
    /// Which of these people the text calls, as indexes into their names. A person is called by the whole name, or by its first word where nobody
    /// else's begins with it.
    /// </summary>
    public static IReadOnlyList<int> Find(string text, IReadOnlyList<string> names)
    {
        if (!text.Contains('@', StringComparison.Ordinal))
            return [];
        ILookup<string, int> byFirst = Enumerable.Range(0, names.Count).ToLookup(i => FirstWord(names[i]), StringComparer.OrdinalIgnoreCase);
        return [.. Enumerable.Range(0, names.Count).Where(i => Calls(text, names[i]) || (byFirst[FirstWord(names[i])].Count() == 1 && Calls(text, FirstWord(names[i]))))];
    }

    /// <summary>Whether an at sign at this place begins a name, rather than standing in an address.</summary>
    internal static bool Begins(ReadOnlySpan<char> text, int at) => at == 0 || !(char.IsLetterOrDigit(text[at - 1]) || text[at - 1] is '_' or '.' or '-' or '/' or '@');

    private static bool Calls(string text, string name)
    {
        if (name.Length == 0)
            return false;
        for (int at = text.IndexOf('@', StringComparison.Ordinal); at >= 0; at = text.IndexOf('@', at + 1))
        {
            ReadOnlySpan<char> rest = text.AsSpan(at + 1);
            if (Begins(text, at) && rest.StartsWith(name, StringComparison.OrdinalIgnoreCase) && (rest.Length == name.Length || !char.IsLetterOrDigit(rest[name.Length])))
                return true;
        }
        return false;
    }

    private static string FirstWord(string name) => name.Split(' ', 2)[0];
}
