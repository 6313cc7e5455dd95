namespace Parley.Cli.Transfers;

/// <summary>Somebody who came, and may or may not know the passphrase.</summary>
/// <param name="Stream">The line to them.</param>
/// <param name="From">Where they are.</param>
internal sealed record Arrival(Stream Stream, string From);

/// <summary>A way by which receivers come.</summary>
internal interface IDoor : IAsyncDisposable
{
    Task<Arrival> AcceptAsync(CancellationToken cancel);

    /// <summary>Tells whoever keeps the way that somebody guessed wrong.</summary>
    Task ReportWrongGuessAsync(Arrival arrival);
}
