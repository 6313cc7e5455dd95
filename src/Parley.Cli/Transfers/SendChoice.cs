using Parley.Cli.LocalSessions;
using Parley.Cli.Terminals;
using Parley.Core.Transcripts;
using Parley.Core.Transfer;

namespace Parley.Cli.Transfers;

/// <summary>Which sessions go out: those that were named, those that a person picks from the list, or the one of this folder.</summary>
internal static class SendChoice
{
    /// <summary>How many sessions the list begins with.</summary>
    private const int Shown = 20;

    /// <exception cref="Failure">There are none, or none were picked.</exception>
    public static async Task<IReadOnlyList<TranscriptInfo>> AskAsync(IReadOnlyList<string> names, bool asks, CancellationToken cancel)
    {
        if (names.Count > 0)
            return Named(names);
        return asks ? await PickAsync(cancel) : [LocalCatalog.Open(null).Info];
    }

    private static IReadOnlyList<TranscriptInfo> Named(IReadOnlyList<string> names)
    {
        IReadOnlyList<TranscriptInfo> catalog = LocalCatalog.List();
        return [.. names.SelectMany(name => Named(name, catalog))];
    }

    private static IEnumerable<TranscriptInfo> Named(string name, IReadOnlyList<TranscriptInfo> catalog)
    {
        if (Picking.Parse(name, catalog.Count) is { } numbers)
            return numbers.Select(number => catalog[number - 1]);
        bool isPath = name.Contains('/') || name.Contains('\\') || File.Exists(name);
        return [isPath ? LocalCatalog.Open(name).Info : SessionChoice.ByName(name, catalog)];
    }

    private static async Task<IReadOnlyList<TranscriptInfo>> PickAsync(CancellationToken cancel)
    {
        IReadOnlyList<TranscriptInfo> catalog = LocalCatalog.List();
        if (catalog.Count == 0)
            throw new Failure("there are no sessions on this machine to send.");
        int shown = Show(catalog, Shown);
        while (true)
        {
            string more = shown < catalog.Count ? $", or more for the other {catalog.Count - shown}" : "";
            string? answer = await Terminal.AskAsync($"Which go out? all, or numbers such as 1 3-5{more}; Enter for none: ", cancel);
            if (string.IsNullOrWhiteSpace(answer))
                throw new Failure("nothing was sent.");
            if (answer.Trim() == "more")
                shown = Show(catalog, catalog.Count);
            else if (Picking.Parse(answer, catalog.Count) is { } picked)
                return [.. picked.Select(number => catalog[number - 1])];
            else
                Terminal.Error.WriteLine($"That is none of the numbers from 1 to {catalog.Count}.");
        }
    }

    private static int Show(IReadOnlyList<TranscriptInfo> catalog, int most)
    {
        OfferedSession[] shown = [.. catalog.Take(most).Select(LocalOffer.Describe)];
        OfferTable.Write(Terminal.Error, Style.OfError, shown, Terminal.Width);
        return shown.Length;
    }
}
