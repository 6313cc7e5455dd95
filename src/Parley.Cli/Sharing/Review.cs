using System.Globalization;
using Parley.Cli.Terminals;
using Parley.Core.Redaction;
using Parley.Core.Sessions;

namespace Parley.Cli.Sharing;

/// <summary>The conversation before a share: shows what goes out, takes changes, and shows it again until the author says yes or no.</summary>
internal static class Review
{
    private const string Choices = """
          y  share it            n  share nothing        d  details: every entry and every value
          o  tool output         t  thinking             e  single entries     (each: leave out, or back in)
          a  take out a value of your own                k  keep a value that was taken out wrongly
        """;

    /// <summary>What the author agreed to share; null when that is nothing.</summary>
    public static async Task<OutgoingSession?> AskAsync(OutgoingSession session, Uri server, CancellationToken cancel)
    {
        while (true)
        {
            Survey survey = Survey.Of(session, cancel);
            SurveyText.Write(Terminal.Error, Style.OfError, survey, Terminal.Width);
            Terminal.Error.WriteLine();
            Terminal.Error.WriteLine(Style.OfError.Dim(Choices));
            string? answer = await Terminal.AskAsync($"Share it on {server.ToString().TrimEnd('/')}? [y/n/d/o/t/e/a/k] ", cancel);
            switch (answer?.Trim().ToLowerInvariant())
            {
                case "y" or "yes" when survey.Entries > 0:
                    return session;
                case "n" or "no" or "q" or null:
                    return null;
                case "d":
                    ShowDetails(survey, cancel);
                    break;
                default:
                    session = await ChangeAsync(survey, answer.Trim().ToLowerInvariant(), cancel);
                    break;
            }
        }
    }

    private static async Task<OutgoingSession> ChangeAsync(Survey survey, string choice, CancellationToken cancel)
    {
        OutgoingSession session = survey.Session;
        Selection selection = session.Selection;
        switch (choice)
        {
            case "o":
                return session with { Selection = selection with { ToolResults = !selection.ToolResults } };
            case "t":
                return session with { Selection = selection with { Thinking = !selection.Thinking } };
            case "e":
                string? numbers = await Terminal.AskAsync("Numbers of entries, e.g. 3 7-9: ", cancel);
                return session with { Selection = selection with { LeftOut = Toggle(selection.LeftOut, numbers, session.Transcript.Info.EntryCount) } };
            case "a":
                return session with { Redaction = await WithExtraAsync(session.Redaction, cancel) };
            case "k":
                return session with { Redaction = await WithAllowedAsync(survey, cancel) };
            default:
                return session;
        }
    }

    private static void ShowDetails(Survey survey, CancellationToken cancel)
    {
        SurveyText.WriteEntries(Terminal.Error, Style.OfError, survey.Session, Terminal.Width, cancel);
        Terminal.Error.WriteLine();
        var table = new Table(new("RULE"), new("ENTRY", RightAligned: true), new("PLACE"), new("VALUE", Shrinks: true));
        foreach (PlacedFinding finding in survey.Findings)
            table.Add(finding.Rule, finding.Entry?.ToString(CultureInfo.InvariantCulture), finding.Place, finding.Masked);
        table.Write(Terminal.Error, Style.OfError, Terminal.Width);
        Terminal.Error.WriteLine();
    }

    private static SortedSet<int> Toggle(IReadOnlySet<int> leftOut, string? text, int last)
    {
        IEnumerable<int> numbers = (text ?? "").Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).SelectMany(part => Range(part, last));
        SortedSet<int> toggled = [.. leftOut];
        toggled.SymmetricExceptWith(numbers);
        return toggled;
    }

    private static IEnumerable<int> Range(string text, int last)
    {
        string[] ends = text.Split('-');
        bool valid = int.TryParse(ends[0], out int from) & int.TryParse(ends[^1], out int to);
        return valid && ends.Length <= 2 && from >= 1 && to <= last && from <= to ? Enumerable.Range(from, to - from + 1) : [];
    }

    private static async Task<RedactionOptions> WithExtraAsync(RedactionOptions options, CancellationToken cancel) =>
        await Terminal.AskAsync("Value to take out wherever it stands: ", cancel) is { Length: > 0 } value
            ? options with { ExtraValues = [.. options.ExtraValues, value] }
            : options;

    private static async Task<RedactionOptions> WithAllowedAsync(Survey survey, CancellationToken cancel)
    {
        RedactionOptions options = survey.Session.Redaction;
        string? answer = await Terminal.AskAsync("Its number in the list (#), or the value itself: ", cancel);
        string? value = int.TryParse(answer, out int number) && number >= 1 && number <= survey.Values.Count
            ? survey.ValueOf(survey.Values[number - 1])
            : answer;
        if (value is { Length: > 0 })
            return options with { AllowedValues = [.. options.AllowedValues, value] };
        Terminal.Error.WriteLine("Paths and names of this machine always stay here.");
        return options;
    }
}
