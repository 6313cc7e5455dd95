using System.Diagnostics;
using Parley.Cli.Terminals;
using Parley.Core.Transfer;

namespace Parley.Cli.Transfers;

/// <summary>How far a session has come, and how fast: a line that is drawn over on a terminal, and one when it is whole.</summary>
internal sealed class FetchLine(OfferedSession session, bool quiet) : IProgress<FetchProgress>, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly LiveLines _lines = new();
    private readonly long _begun = Stopwatch.GetTimestamp();
    private readonly string _title = $"“{DisplayText.Fit(DisplayText.OneLine(session.Summary), 50)}”";
    private long _drawn;
    private long? _first;
    private long _received;

    public void Report(FetchProgress value)
    {
        _first ??= value.Received;
        _received = value.Received;
        if (quiet || (_drawn != 0 && Stopwatch.GetElapsedTime(_drawn) < Interval))
            return;
        _drawn = Stopwatch.GetTimestamp();
        _lines.Set($"Receiving {_title}: {Sizes.Of(value.Received)} of {Sizes.Of(value.Total)}{Speed}");
    }

    public void Whole()
    {
        if (!quiet)
            _lines.Write($"Received {_title}: {Sizes.Of(_received)}{Speed}");
    }

    public void Dispose() => _lines.Dispose();

    // What an earlier attempt left here did not come with this one.
    private string Speed => Stopwatch.GetElapsedTime(_begun).TotalSeconds is > 0.05 and var seconds
        ? $", {Sizes.Of((_received - _first ?? 0) / seconds)}/s"
        : "";
}
