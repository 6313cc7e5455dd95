using System.Globalization;
using System.Text;
using Parley.Cli.Discovery;
using Parley.Cli.Terminals;

namespace Parley.Cli.Transfers;

/// <summary>Looks for the sender in the local network, and asks which one is meant where there are several.</summary>
internal static class SenderSearch
{
    /// <summary>How long others are waited for when one was found.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(150);

    /// <summary>When a person is told what else there is to try.</summary>
    private static readonly TimeSpan HintAfter = TimeSpan.FromSeconds(4);

    /// <summary>When a script is told that there is nobody; a person may wait as long as they like.</summary>
    private static readonly TimeSpan GivesUpAfter = TimeSpan.FromSeconds(15);

    private const string Hint = "Is `parley send` running? Where the network keeps the two apart, use the address that it shows (parley receive --to HOST:PORT), or a relay (parley send --relay).";

    /// <param name="name">The sender's service name; null for whichever there is.</param>
    /// <param name="asks">Whether a person is there.</param>
    /// <param name="cancel">Ends the search.</param>
    /// <exception cref="Failure">There is nobody, or several and nobody to ask.</exception>
    public static async Task<FoundSender> FindAsync(string? name, bool asks, CancellationToken cancel)
    {
        IReadOnlyList<FoundSender> found = await SearchAsync(name, asks, cancel);
        return found.Count switch
        {
            0 => throw new Failure($"no sender was found in this network. {Hint}"),
            1 => found[0],
            _ when asks => await ChooseAsync(found, cancel),
            _ => throw new Failure($"{found.Count} senders were found; name one with --to:{List(found)}"),
        };
    }

    private static async Task<IReadOnlyList<FoundSender>> SearchAsync(string? name, bool asks, CancellationToken cancel)
    {
        var found = new SortedDictionary<string, FoundSender>(StringComparer.OrdinalIgnoreCase);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (!asks)
            enough.CancelAfter(GivesUpAfter);
        Task hints = HintAsync(asks, enough.Token);
        try
        {
            await foreach (FoundSender sender in ServiceBrowser.BrowseAsync(enough.Token))
            {
                if (sender.IsGone)
                    found.Remove(sender.Instance);
                else if (name is null || sender.Instance.Equals(name, StringComparison.OrdinalIgnoreCase))
                    found[sender.Instance] = sender;
                if (found.Count > 0)
                    enough.CancelAfter(name is null ? Settle : TimeSpan.Zero);
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Enough was found, or it took too long.
        }
        await enough.CancelAsync();
        await hints;
        return [.. found.Values];
    }

    private static async Task HintAsync(bool asks, CancellationToken enough)
    {
        if (!asks)
            return;
        using var line = new LiveLines();
        line.Set("Looking for senders in this network … Ctrl-C stops.");
        await Task.Delay(HintAfter, enough).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!enough.IsCancellationRequested)
            line.Write($"Nobody yet. {Hint}");
        await Task.Delay(Timeout.Infinite, enough).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task<FoundSender> ChooseAsync(IReadOnlyList<FoundSender> found, CancellationToken cancel)
    {
        Terminal.Error.WriteLine($"{found.Count} senders are in this network; the sender's screen shows the name of the right one:{List(found)}");
        while (await Terminal.AskAsync("Which one? ", cancel) is { } answer && answer.Trim().Length > 0)
        {
            if (Picking.Parse(answer, found.Count) is [var number])
                return found[number - 1];
            Terminal.Error.WriteLine($"That is none of the numbers from 1 to {found.Count}.");
        }
        throw new Failure("nothing was taken.");
    }

    private static string List(IReadOnlyList<FoundSender> found)
    {
        var text = new StringBuilder();
        foreach ((int index, FoundSender sender) in found.Index())
            text.Append(CultureInfo.InvariantCulture, $"\n  {index + 1}  {DisplayText.OneLine(sender.Instance)}  {sender.EndPoints[0]}");
        return text.ToString();
    }
}
