using Parley.Cli.Terminals;
using Parley.Core.Transfer;

namespace Parley.Cli.Transfers.Browsing;

/// <summary>The full-screen browser of an offer: keys, resizes and previews come in, and the screen is drawn after each.</summary>
internal sealed class Browse(IReadOnlyList<OfferedSession> offer, string from, Func<string, CancellationToken, Task<string>> previewOf)
{
    private readonly OfferBrowser _browser = new(offer);
    private readonly Dictionary<string, string> _previews = [];
    private (string Id, Task<string> Text)? _coming;

    /// <summary>What the person chose; empty when they left.</summary>
    /// <remarks>The sender answers one question at a time, so the last preview is awaited before this returns.</remarks>
    public async Task<IReadOnlyList<OfferedSession>> RunAsync(CancellationToken cancel)
    {
        IReadOnlyList<OfferedSession> chosen;
        using (var screen = FullScreen.Open())
            chosen = await ChooseAsync(screen, cancel);
        if (_coming is { } coming && chosen.Count > 0)
            await coming.Text;
        return chosen;
    }

    private async Task<IReadOnlyList<OfferedSession>> ChooseAsync(FullScreen screen, CancellationToken cancel)
    {
        Task<ConsoleKeyInfo> key = NextKey();
        Task drawnOver = screen.DrawnOverAsync(cancel);
        while (true)
        {
            FetchPreview(cancel);
            screen.Draw(OfferScreen.Draw(_browser, from, PreviewOfCurrent, Style.OfError, FullScreen.Width, FullScreen.Height));
            Task happened = await Task.WhenAny(new[] { key, drawnOver, _coming?.Text }.OfType<Task>()).WaitAsync(cancel);
            if (happened == drawnOver)
            {
                await drawnOver;
                drawnOver = screen.DrawnOverAsync(cancel);
            }
            else if (happened == key)
            {
                Outcome outcome = _browser.Press(await key);
                if (outcome != Outcome.GoesOn)
                    return outcome == Outcome.Takes ? _browser.Chosen : [];
                key = NextKey();
            }
            else
            {
                _previews[_coming!.Value.Id] = await _coming.Value.Text;
                _coming = null;
            }
        }
    }

    private string? PreviewOfCurrent => _browser.Current is { } current ? _previews.GetValueOrDefault(current.Id) : null;

    // Only the session where the person is now: who passes over many asks for few.
    private void FetchPreview(CancellationToken cancel)
    {
        if (_coming is null && _browser.Current is { } current && !_previews.ContainsKey(current.Id))
            _coming = (current.Id, PreviewAsync(current.Id, cancel));
    }

    private async Task<string> PreviewAsync(string id, CancellationToken cancel)
    {
        try
        {
            return await previewOf(id, cancel);
        }
        catch (TransferException e) when (e.Failure == TransferFailure.Unavailable)
        {
            return e.Message;
        }
    }

    // A key is read only after the one before it was heeded: who has chosen finds their next line where they type it.
    private static Task<ConsoleKeyInfo> NextKey() => Task.Run(() => Console.ReadKey(intercept: true));
}
