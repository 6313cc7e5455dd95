using System.Globalization;
using Parley.Cli.Terminals;
using Parley.Cli.Transfers.Browsing;
using Parley.Core.Transfer;

namespace Parley.Cli.Transfers;

/// <summary>Which of the offered sessions are taken: those that were named, or those that a person browses to.</summary>
internal static class ReceiveChoice
{
    /// <exception cref="Failure">None were chosen, or what was named is not offered.</exception>
    public static async Task<IReadOnlyList<OfferedSession>> AskAsync(
        ReceiveTerms terms, IReadOnlyList<OfferedSession> offer, string from, Func<string, CancellationToken, Task<string>> previewOf, CancellationToken cancel)
    {
        if (offer.Count == 0)
            throw new Failure("the sender offers nothing.");
        if (terms.All)
            return offer;
        if (terms.Selected.Count > 0)
            return [.. terms.Selected.Select(name => Find(name, offer)).Distinct()];
        IReadOnlyList<OfferedSession> chosen = !terms.Json && FullScreen.CanOpen ? await new Browse(offer, from, previewOf).RunAsync(cancel)
            : !terms.Json && Terminal.CanAsk ? await PickAsync(offer, cancel)
            : offer.Count == 1 ? offer
            : throw new Failure($"{offer.Count} sessions are offered: take some with --select ID, or all with --all; --list shows them.", ExitCode.Usage);
        return chosen.Count > 0 ? chosen : throw new Failure("nothing was taken.");
    }

    /// <summary>A number of the list, an id, or the beginning of one.</summary>
    private static OfferedSession Find(string name, IReadOnlyList<OfferedSession> offer)
    {
        if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= offer.Count)
            return offer[number - 1];
        OfferedSession[] found = [.. offer.Where(session => session.Id.StartsWith(name, StringComparison.OrdinalIgnoreCase))];
        if (found.FirstOrDefault(session => session.Id.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } exact)
            return exact;
        return found.Length switch
        {
            1 => found[0],
            0 => throw new Failure($"'{DisplayText.OneLine(name)}' is not offered; --list shows what is."),
            _ => throw new Failure($"'{DisplayText.OneLine(name)}' can mean {found.Length} sessions; --list shows their ids."),
        };
    }

    // Where the terminal can't be drawn on.
    private static async Task<IReadOnlyList<OfferedSession>> PickAsync(IReadOnlyList<OfferedSession> offer, CancellationToken cancel)
    {
        OfferTable.Write(Terminal.Error, Style.OfError, offer, Terminal.Width);
        while (await Terminal.AskAsync("Which do you take? all, or numbers such as 1 3-5; Enter for none: ", cancel) is { } answer && answer.Trim().Length > 0)
        {
            if (Picking.Parse(answer, offer.Count) is { } picked)
                return [.. picked.Select(number => offer[number - 1])];
            Terminal.Error.WriteLine($"That is none of the numbers from 1 to {offer.Count}.");
        }
        return [];
    }
}
