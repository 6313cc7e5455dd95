using System.Globalization;
using System.Text;
using Parley.Cli.Terminals;
using Parley.Core.Transcripts;

namespace Parley.Cli.LocalSessions;

/// <summary>Which session of the catalog a person means. Pure: what it needs of the machine it is given.</summary>
internal static class SessionChoice
{
    /// <summary>How many candidates an error lists.</summary>
    private const int Listed = 10;

    /// <summary>A number of the catalog, an id or its beginning, or a title; more exact meanings come first.</summary>
    /// <exception cref="Failure">None or several are meant; the message lists them.</exception>
    public static TranscriptInfo ByName(string name, IReadOnlyList<TranscriptInfo> catalog)
    {
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= catalog.Count)
            return catalog[number - 1];
        IEnumerable<Func<TranscriptInfo, bool>> meanings =
        [
            s => s.SessionId.Equals(name, StringComparison.OrdinalIgnoreCase),
            s => name.Equals(s.Title, StringComparison.OrdinalIgnoreCase),
            s => s.SessionId.StartsWith(name, StringComparison.OrdinalIgnoreCase),
            s => s.DisplayTitle.Contains(name, StringComparison.OrdinalIgnoreCase),
        ];
        TranscriptInfo[] found = [.. meanings.Select(m => catalog.Where(m).ToArray()).FirstOrDefault(f => f.Length > 0) ?? []];
        return found.Length switch
        {
            1 => found[0],
            0 => throw new Failure($"no session is '{DisplayText.OneLine(name)}'. `parley sessions` lists what there is."),
            _ => throw new Failure($"'{DisplayText.OneLine(name)}' can mean {found.Length} sessions; name one by its number or id:{Candidates(found, catalog)}"),
        };
    }

    private static string Candidates(TranscriptInfo[] found, IReadOnlyList<TranscriptInfo> catalog)
    {
        var text = new StringBuilder();
        foreach (TranscriptInfo session in found.Take(Listed))
        {
            int number = catalog.TakeWhile(s => s != session).Count() + 1;
            text.Append(CultureInfo.InvariantCulture, $"\n  {number,3}  {session.SessionId}  {DisplayText.Fit(DisplayText.OneLine(session.DisplayTitle), 60)}");
        }
        return text.Append(found.Length > Listed ? "\n  …" : "").ToString();
    }
}
