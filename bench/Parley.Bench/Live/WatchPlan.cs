namespace Parley.Bench.Live;

/// <summary>A session to watch and to drive.</summary>
/// <param name="Wire">How entries come.</param>
/// <param name="Watch">Where from.</param>
/// <param name="Append">Where they are posted.</param>
/// <param name="Link">What revokes the viewers' link when it is deleted; null where there is nothing to revoke.</param>
/// <param name="Key">The driver's key; null where none is asked for.</param>
internal sealed record WatchPlan(Wire Wire, Uri Watch, Uri Append, Uri? Link, string? Key)
{
    /// <summary>The last entry that is there already. Viewers ask for what comes after it.</summary>
    public long LastSeq { get; init; }

    public int Viewers { get; init; }

    /// <summary>How many of the viewers read nothing after the answer's head.</summary>
    public int Stalled { get; init; }
}

internal enum Wire
{
    /// <summary>Server-sent events over HTTP/1.1.</summary>
    Events,

    /// <summary>A WebSocket, a message for each entry.</summary>
    WebSocket,

    /// <summary>SignalR's JSON protocol over a WebSocket.</summary>
    SignalR,
}

/// <summary>Entries to append.</summary>
/// <param name="Count">How many.</param>
/// <param name="PerSecond">How many in a second.</param>
/// <param name="Size">About how many bytes each has.</param>
internal sealed record Appends(int Count, int PerSecond, int Size);

/// <summary>How entries arrived at the viewers that read; milliseconds from when each was due to be posted.</summary>
/// <param name="Deliveries">Entries that arrived, times viewers.</param>
/// <param name="Lost">Those that did not.</param>
/// <param name="Doubled">Those that arrived again.</param>
/// <param name="Median">The median.</param>
/// <param name="P99">99 of 100 were not slower.</param>
internal sealed record Delivery(int Deliveries, int Lost, int Doubled, double Median, double P99);

/// <summary>How streams ended; milliseconds from the revoke's answer to a stream's last byte, 0 where that came before.</summary>
/// <param name="Ended">Streams that said <c>revoked</c> and ended.</param>
/// <param name="Median">The median of them.</param>
/// <param name="P99">99 of 100 were not slower.</param>
/// <param name="Slowest">The last one.</param>
/// <param name="WholeP99">The same as <paramref name="P99"/>, from when the request was sent.</param>
internal sealed record Ending(int Ended, double Median, double P99, double Slowest, double WholeP99);
