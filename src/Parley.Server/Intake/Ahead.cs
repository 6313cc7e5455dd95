using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Parley.Server.Intake;

/// <summary>Lets the making of things run ahead of their use, on another core, by a bounded amount.</summary>
internal static class Ahead
{
    private const int BatchBytes = 256 * 1024;

    /// <summary>The items of the source in their order. At most four batches of them are made and not used yet.</summary>
    /// <param name="source">Makes the items.</param>
    /// <param name="size">About how many bytes an item takes.</param>
    /// <param name="cancel">Ends both sides.</param>
    public static async IAsyncEnumerable<T> Of<T>(
        IAsyncEnumerable<T> source, Func<T, int> size, [EnumeratorCancellation] CancellationToken cancel)
    {
        var batches = Channel.CreateBounded<List<T>>(2);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task making = Task.Run(() => MakeAsync(source, size, batches.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (List<T> batch in batches.Reader.ReadAllAsync(cancel))
            {
                foreach (T item in batch)
                    yield return item;
            }
        }
        finally
        {
            // The source's file is not given up while it is still being read.
            await stop.CancelAsync();
            await making;
        }
    }

    // What goes wrong reaches the user of the items through the channel.
    private static async Task MakeAsync<T>(IAsyncEnumerable<T> source, Func<T, int> size, ChannelWriter<List<T>> batches, CancellationToken cancel)
    {
        try
        {
            List<T> batch = [];
            int bytes = 0;
            await foreach (T item in source.WithCancellation(cancel))
            {
                batch.Add(item);
                bytes += size(item);
                if (bytes < BatchBytes)
                    continue;
                await batches.WriteAsync(batch, cancel);
                (batch, bytes) = ([], 0);
            }
            await batches.WriteAsync(batch, cancel);
            batches.Complete();
        }
        catch (Exception e)
        {
            batches.Complete(e);
        }
    }
}
