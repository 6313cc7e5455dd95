using Parley.Cli.Servers;
using Parley.Cli.Terminals;
using Parley.Core.Redaction;
using Parley.Core.Sessions;

namespace Parley.Cli.Sharing;

/// <summary>Sends a session to a server, and tells how far it is.</summary>
internal static class Upload
{
    /// <summary>Sends, and draws how far it is on a terminal.</summary>
    public static async Task<ShareResult> RunAsync(OutgoingSession session, ServerApi server, Terms terms, CancellationToken cancel)
    {
        using var progress = new Progress(session.Transcript.Info.EntryCount);
        return await SendAsync(session, server, terms, progress.Report, cancel);
    }

    /// <summary>The server's answer, with what was redacted here added to what it still found.</summary>
    /// <param name="session">What to send.</param>
    /// <param name="server">Where to.</param>
    /// <param name="terms">For how long and for whom.</param>
    /// <param name="progress">Is told the number of the entry that was written last.</param>
    /// <param name="cancel">Breaks the connection, which leaves nothing on the server.</param>
    public static async Task<ShareResult> SendAsync(
        OutgoingSession session, ServerApi server, Terms terms, Action<int> progress, CancellationToken cancel)
    {
        Redactor redactor = session.Learn(cancel);
        using var body = new BundleUpload(session.Header(redactor), Entries(), session.Transcript.Info.Path, compress: !server.Address.IsLoopback);
        ShareResult result = await server.ShareAsync(body, terms, cancel);
        return result with { Redactions = Sum(redactor.Report.Counts, result.Redactions) };

        IEnumerable<Entry> Entries()
        {
            foreach ((int number, Entry entry) in session.Entries(redactor, cancel))
            {
                yield return entry;
                progress(number);
            }
        }
    }

    /// <summary>What was redacted here and what the server still found, by rule.</summary>
    public static SortedDictionary<string, int> Sum(IReadOnlyDictionary<string, int> here, IReadOnlyDictionary<string, int>? there)
    {
        var sum = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach ((string rule, int count) in here.Concat(there ?? new Dictionary<string, int>()))
            sum[rule] = sum.GetValueOrDefault(rule) + count;
        return sum;
    }
}
