using System.Buffers;
using Parley.Core.Rendering;
using Parley.Server.Data;

namespace Parley.Server.Sessions;

/// <summary>Renders a session's entries again when the renderer has moved since they were taken in: a reader never gets old HTML.</summary>
public sealed class Rerendering(Database database) : IDisposable
{
    private const int BatchEntries = 200;

    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Renders and stores all entries anew; they come in their order, from the first.</summary>
    public async Task RefreshAsync(string id, IAsyncEnumerable<StoredEntry> entries, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            if (!await IsStaleAsync(id, cancel))
                return;
            var renderer = new EntryRenderer();
            await foreach (StoredEntry[] batch in entries.Chunk(BatchEntries).WithCancellation(cancel))
                await StoreAsync(id, [.. batch.Select(e => (e.Seq, Render(renderer, e)))], cancel);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private ValueTask<bool> IsStaleAsync(string id, CancellationToken cancel) => database.ReadAsync(
        connection => connection.FirstAsync(
            "SELECT 1 FROM messages WHERE share_id = $1 AND renderer_version <> $2 LIMIT 1", _ => true, cancel, id, EntryRenderer.Version),
        cancel);

    private ValueTask<int> StoreAsync(string id, List<(long Seq, byte[] Html)> rendered, CancellationToken cancel) => database.WriteAsync(
        async connection =>
        {
            foreach ((long seq, byte[] html) in rendered)
            {
                await connection.ExecuteAsync(
                    "UPDATE messages SET html = $3, renderer_version = $4 WHERE share_id = $1 AND sequence = $2",
                    cancel, id, seq, html, (long)EntryRenderer.Version);
            }
            await SessionStore.TouchAsync(connection, id, cancel);
            return rendered.Count;
        },
        cancel);

    private static byte[] Render(EntryRenderer renderer, StoredEntry stored)
    {
        var html = new ArrayBufferWriter<byte>();
        renderer.Render(stored.Entry, stored.Seq, html);
        return html.WrittenSpan.ToArray();
    }
}
