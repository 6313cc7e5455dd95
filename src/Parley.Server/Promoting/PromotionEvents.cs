using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using HttpJson = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Parley.Server.Promoting;

using Outcome = Results<Ok<PromotionAnswer>, ProblemHttpResult>;

/// <summary>
/// The answer to a promotion. Where events are wanted: <c>step</c> for each step as it is done, then <c>done</c> with what the answer is otherwise, or
/// <c>error</c> with the problem. What is refused before the first step is a plain problem. Whoever reads slowly holds nothing up: the steps wait
/// for them, and not the promotion.
/// </summary>
internal sealed class PromotionEvents(Func<Action<PromotionStep>, Task<Outcome>> promote, bool wantsEvents) : IResult
{
    public const string MediaType = "text/event-stream";

    public async Task ExecuteAsync(HttpContext http)
    {
        var steps = Channel.CreateUnbounded<PromotionStep>();
        Task<Outcome> promoting = PromoteAsync(steps.Writer);
        if (wantsEvents && await steps.Reader.WaitToReadAsync(CancellationToken.None))
            await WriteAsync(http, steps.Reader, promoting);
        else
            await (await promoting).ExecuteAsync(http);
    }

    private async Task<Outcome> PromoteAsync(ChannelWriter<PromotionStep> steps)
    {
        try
        {
            // Somewhere else: a promotion need not wait for anything, and then nothing could be told before it is done.
            return await Task.Run(() => promote(step => steps.TryWrite(step)));
        }
        finally
        {
            steps.Complete();
        }
    }

    private static async Task WriteAsync(HttpContext http, ChannelReader<PromotionStep> steps, Task<Outcome> promoting)
    {
        JsonSerializerOptions json = http.RequestServices.GetRequiredService<IOptions<HttpJson>>().Value.SerializerOptions;
        http.Response.ContentType = MediaType;
        http.Response.Headers["X-Accel-Buffering"] = "no";
        await foreach (PromotionStep step in steps.ReadAllAsync(CancellationToken.None))
            await WriteAsync(http.Response, "step", step, json);
        Outcome outcome = await promoting;
        if (outcome.Result is Ok<PromotionAnswer> done)
            await WriteAsync(http.Response, "done", done.Value, json);
        else if (outcome.Result is ProblemHttpResult problem)
            await WriteAsync<ProblemDetails>(http.Response, "error", problem.ProblemDetails, json);
    }

    private static async Task WriteAsync<T>(HttpResponse response, string name, T data, JsonSerializerOptions json)
    {
        await response.WriteAsync($"event: {name}\ndata: {JsonSerializer.Serialize(data, json)}\n\n");
        await response.Body.FlushAsync();
    }
}
