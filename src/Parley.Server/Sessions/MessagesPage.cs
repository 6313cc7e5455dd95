using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json.Nodes;
using Parley.Core.Sessions;

namespace Parley.Server.Sessions;

/// <summary>Entries of a session as JSON. The record is the shape for the API's description; what is sent is written from the stored bytes.</summary>
/// <param name="Messages">Entries in the form of <see cref="EntryJson"/>.</param>
/// <param name="Offset">How many entries come before them.</param>
/// <param name="Limit">How many were asked for, after the server's own limit.</param>
/// <param name="Total">How many the session has.</param>
public sealed record MessagesPage(IReadOnlyList<JsonObject> Messages, long Offset, long Limit, long Total)
{
    public static async Task WriteAsync(
        PipeWriter body, IAsyncEnumerable<StoredEntry> entries, long offset, long limit, long total, CancellationToken cancel)
    {
        body.Write("{\"messages\":["u8);
        bool first = true;
        await foreach (StoredEntry stored in entries.WithCancellation(cancel))
        {
            if (!first)
                body.Write(","u8);
            first = false;
            EntryJson.Write(body, stored.Entry, stored.Seq);
            await StreamedContent.FlushIfLargeAsync(body, cancel);
        }
        Encoding.UTF8.GetBytes($"],\"offset\":{offset},\"limit\":{limit},\"total\":{total}}}", body);
    }
}
