using System.Text;
using System.Threading.Channels;
using System.Threading.RateLimiting;
using Parley.Server.Accounts;
using Parley.Server.Live;

namespace Parley.Server.Notices;

/// <summary>
/// How many notices an account has not read, as server-sent events: once at the beginning and at every change. Whoever was signed out meanwhile is
/// let go at the next event or heartbeat.
/// </summary>
internal sealed class InboxStream(long accountId, Inbox inbox, Wakes wakes, RateLimitLease place, TimeProvider clock) : IResult
{
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(20);

    public async Task ExecuteAsync(HttpContext http)
    {
        using RateLimitLease held = place;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(
            http.RequestAborted, http.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        // Subscribed first, so that nothing falls between.
        Channel<bool> changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using IDisposable watching = wakes.Watch(Inbox.WakeKey(accountId), _ => changes.Writer.TryWrite(true));
        await using ITimer heartbeat = clock.CreateTimer(_ => changes.Writer.TryWrite(false), null, Heartbeat, Heartbeat);
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        try
        {
            await WriteAsync(http, over.Token);
            await foreach (bool changed in changes.Reader.ReadAllAsync(over.Token))
            {
                await http.ResolveCallerAsync();
                if (http.Caller().AccountId != accountId)
                    return;
                if (changed)
                    await WriteAsync(http, over.Token);
                else
                    await SayAsync(http, ":\n\n", over.Token);
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The reader has gone, or the server stops.
        }
    }

    private async Task WriteAsync(HttpContext http, CancellationToken cancel) =>
        await SayAsync(http, $"event: inbox\ndata: {{\"unread\":{(await inbox.ListAsync(accountId, cancel)).Count(n => !n.IsRead)}}}\n\n", cancel);

    private static async Task SayAsync(HttpContext http, string text, CancellationToken cancel) =>
        await http.Response.BodyWriter.WriteAsync(Encoding.UTF8.GetBytes(text), cancel);
}
