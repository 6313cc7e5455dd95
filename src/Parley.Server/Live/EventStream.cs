using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Parley.Server.Accounts;
using Parley.Server.Audit;

namespace Parley.Server.Live;

/// <summary>
/// The answer of the route by which a session is watched: what its reader is told, as server-sent events. There are thousands of them at a time, so
/// what was needed to decide about one is let go before it begins.
/// </summary>
internal sealed class EventStream(LiveReader reader, EventForm form, AuditTrail trail, long ownerId) : IResult
{
    private const int FlushBytes = 32 * 1024;

    public async Task ExecuteAsync(HttpContext http)
    {
        using LiveReader open = reader;
        // A reader that is slow is let go by the reader's own rule; a quiet stream is not slow.
        if (http.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        reader.LetGo = http.Abort;
        using CancellationTokenRegistration gone = http.RequestAborted.UnsafeRegister(static reader => ((LiveReader)reader!).Signal(), reader);
        PipeWriter body = http.Response.BodyWriter;
        await body.FlushAsync();
        while (await reader.WaitAsync(http.RequestAborted))
        {
            while (reader.TryRead(out SessionEvent? next))
            {
                body.Write(next!.Frame(form));
                if (body.UnflushedBytes < FlushBytes)
                    continue;
                await body.FlushAsync();
                reader.StillReading();
            }
            if (body.UnflushedBytes > 0)
                await body.FlushAsync();
        }
        trail.Note(reader.Feed.Id, ownerId, AuditAction.StreamClosed, Actor.Of(http.Caller(), http));
    }
}
