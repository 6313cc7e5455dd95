using Parley.Cli.Terminals;
using Parley.Core.Sessions;

namespace Parley.Cli.Sharing;

/// <summary>A survey for people: what goes out, then what was taken out.</summary>
internal static class SurveyText
{
    /// <summary>How many files, images and places are named before "and N more".</summary>
    private const int Named = 8;

    /// <summary>How many values are listed; <c>details</c> and <c>--json</c> have them all.</summary>
    private const int Listed = 30;

    public static void Write(TextWriter output, Style style, Survey survey, int? width)
    {
        output.WriteLine(style.Bold($"What goes out: {DisplayText.OneLine(survey.Header.Title)}"));
        foreach ((string name, string text) in Lines(survey))
            output.WriteLine($"  {name,-10}{DisplayText.OneLine(text)}");
        output.WriteLine();
        WriteRedactions(output, style, survey, width);
    }

    /// <summary>Every entry that goes out, one line each, as it would be read.</summary>
    public static void WriteEntries(TextWriter output, Style style, OutgoingSession session, int? width, CancellationToken cancel)
    {
        var table = new Table(new("ENTRY", RightAligned: true), new("WHO"), new("TEXT", Shrinks: true));
        foreach ((int number, Entry entry) in session.Entries(session.Learn(cancel), cancel))
        {
            var blocks = new Blocks();
            blocks.Count(entry.Blocks.Span, number);
            table.Add($"{number}", EntryJson.Name(entry.Role), Blocks.FirstText(entry.Blocks.Span) ?? Contents(blocks, blocks.ToolResults));
        }
        table.Write(output, style, width);
    }

    private static IEnumerable<(string Name, string Text)> Lines(Survey survey)
    {
        SessionHeader header = survey.Header;
        yield return ("project", header.Branch is null ? header.Project : $"{header.Project} ({header.Branch})");
        yield return ("entries", $"{survey.Entries} of {survey.Session.Transcript.Info.EntryCount} ({Count(survey.Prompts, "prompt")}, {Contents(survey.Blocks, survey.ToolResults)})");
        yield return ("size", Size(survey.Bytes));
        if (LeftOut(survey.Session.Selection) is { Length: > 0 } leftOut)
            yield return ("left out", leftOut);
        if (survey.Blocks.Images.Count > 0)
            yield return ("images", $"{survey.Blocks.Images.Count}, whose pixels are not searched, so look at them: {Join(survey.Blocks.Images.Select(Name))}");
        if (survey.Blocks.Files.Count > 0)
            yield return ("files", Join(survey.Blocks.Files.Keys));
    }

    private static void WriteRedactions(TextWriter output, Style style, Survey survey, int? width)
    {
        int places = survey.Redactions.Values.Sum();
        output.WriteLine(style.Bold(places == 0 ? "Nothing was taken out." : $"What was taken out, in {Count(places, "place")}:"));
        if (places == 0)
            return;
        var table = new Table(
            new("#", RightAligned: true), new("RULE"), new("VALUE", Shrinks: true), new("PLACES", RightAligned: true), new("WHERE", Shrinks: true));
        foreach ((int index, TakenOut value) in survey.Values.Take(Listed).Index())
            table.Add($"{index + 1}", value.Places[0].Rule, value.Places[0].Masked, $"{value.Places.Count}", Join(value.Places.Select(Where).Distinct()));
        table.Write(output, style, width);
        if (survey.Values.Count > Listed)
            output.WriteLine($"and {survey.Values.Count - Listed} more values");
    }

    private static string Name(Image image) => $"entry {image.Entry} ({image.MediaType}, {Size(image.Bytes)})";

    private static string Where(PlacedFinding finding) => finding.Entry is { } entry ? $"entry {entry} ({finding.Place})" : finding.Place;

    private static string Contents(Blocks blocks, int toolResults) => string.Join(", ", new[]
    {
        Count(blocks.ToolCalls, "tool call"), Count(toolResults, "tool result"), Count(blocks.Thinking, "thinking block"), Count(blocks.Images.Count, "image"),
    }.Where(text => !text.StartsWith("0 ", StringComparison.Ordinal)).DefaultIfEmpty("no tools"));

    private static string LeftOut(Selection selection) => string.Join(", ", new[]
    {
        selection.From > 1 ? $"entries before {selection.From}" : null,
        selection.LeftOut.Count > 0 ? $"entries {string.Join(' ', selection.LeftOut)}" : null,
        selection.ToolResults ? null : "tool output",
        selection.Thinking ? null : "thinking",
    }.OfType<string>());

    private static string Count(int count, string noun) => $"{count:N0} {noun}{(count == 1 ? "" : "s")}";

    private static string Join(IEnumerable<string> items)
    {
        string[] all = [.. items];
        return string.Join(", ", all.Take(Named)) + (all.Length > Named ? $" and {all.Length - Named} more" : "");
    }

    private static string Size(long bytes) => bytes switch
    {
        < 1024 => $"{bytes} bytes",
        < 1024 * 1024 => $"{bytes / 1024.0:0.#} KB",
        _ => $"{bytes / (1024.0 * 1024):0.#} MB",
    };
}
