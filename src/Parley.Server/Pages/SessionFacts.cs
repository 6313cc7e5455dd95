using System.Globalization;
using Parley.Server.Sessions;

namespace Parley.Server.Pages;

/// <summary>One thing that the head of a session tells.</summary>
public sealed record SessionFact(string Icon, string Name, string Value, bool IsCode = false);

/// <summary>A session's header in words. None of it is content: titles and counts may stand in link previews.</summary>
public static class SessionFacts
{
    public static IEnumerable<SessionFact> Of(SessionRecord session)
    {
        if (session.Project.Length > 0)
            yield return new("project", "Project", session.Project);
        if (session.Branch is { Length: > 0 } branch)
            yield return new("branch", "Branch", branch, IsCode: true);
        if (session.Model is { Length: > 0 } model)
            yield return new("model", "Model", model, IsCode: true);
        yield return new("date", "Date", session.Date.UtcDateTime.ToString("d MMMM yyyy", CultureInfo.InvariantCulture));
        yield return new("entries", "Entries", Entries(session));
        if (session.InputTokens + session.OutputTokens > 0)
            yield return new("tokens", "Tokens", $"{Compact(session.InputTokens)} in, {Compact(session.OutputTokens)} out");
    }

    /// <summary>The line under the title in a link preview.</summary>
    public static string Summary(SessionRecord session) => session.InputTokens + session.OutputTokens > 0
        ? $"A shared agent session: {Entries(session)}, {Compact(session.InputTokens + session.OutputTokens)} tokens"
        : $"A shared agent session: {Entries(session)}";

    /// <summary>A count in at most four characters: 950, 1.2k, 48k, 3.4M.</summary>
    public static string Compact(long count)
    {
        if (count < 1000)
            return count.ToString(CultureInfo.InvariantCulture);
        string[] units = ["k", "M", "G", "T"];
        double value = count / 1000.0;
        int unit = 0;
        for (; value >= 999.5 && unit < units.Length - 1; unit++)
            value /= 1000;
        return value.ToString(value < 9.95 ? "0.#" : "0", CultureInfo.InvariantCulture) + units[unit];
    }

    private static string Entries(SessionRecord session) =>
        session.MessageCount == 1 ? "1 entry" : session.MessageCount.ToString("N0", CultureInfo.InvariantCulture) + " entries";
}
