using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Turns;

/// <summary>Stands in for the model's API on loopback: each call is answered by the next of the replies that were scripted, and kept.</summary>
public sealed class ModelDouble : IAsyncDisposable
{
    private readonly ConcurrentQueue<Reply> _replies = new();
    private readonly ConcurrentQueue<JsonNode> _requests = new();
    private readonly WebApplication _app;
    private Reply _last = Reply.Says("Nothing was scripted.");
    private int _answered;

    private ModelDouble()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.MapPost("/v1/messages", AnswerAsync);
    }

    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public IReadOnlyList<JsonNode> Requests => [.. _requests];

    /// <summary>What a server needs to answer by it; the key is nobody's.</summary>
    public Dictionary<string, string> Settings => new() { ["PARLEY_ANTHROPIC_API_KEY"] = "nobodys-key", ["PARLEY_ANTHROPIC_BASE_URL"] = Address, ["PARLEY_MODEL"] = "model-1" };

    public static async Task<ModelDouble> StartAsync(params Reply[] replies)
    {
        var model = new ModelDouble();
        model.Script(replies);
        await model._app.StartAsync();
        return model;
    }

    public void Script(params Reply[] replies) => Array.ForEach(replies, _replies.Enqueue);

    /// <summary>How many calls it has answered to the end.</summary>
    public int Answered => Volatile.Read(ref _answered);

    /// <summary>Forgets what is scripted; from now on this is the answer to everything.</summary>
    public void ScriptLast(Reply reply)
    {
        _replies.Clear();
        _last = reply;
    }

    /// <summary>Waits until it has answered so often.</summary>
    public Task AnsweredAsync(int times) => Eventually.TrueAsync(() => Task.FromResult(Answered >= times));

    /// <summary>Waits until it was called so often.</summary>
    public Task CalledAsync(int times) => Eventually.TrueAsync(() => Task.FromResult(_requests.Count >= times));

    /// <summary>All texts that a call gave to the model, one after the other.</summary>
    public static string TextsOf(JsonNode request) => string.Join('\n', request["messages"]!.AsArray().SelectMany(m => m!["content"]!.AsArray()).Select(Text));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static string Text(JsonNode? block) => (string?)block!["type"] switch
    {
        "tool_result" => string.Join('\n', block["content"]!.AsArray().Select(Text)),
        "tool_use" => block["input"]!.ToJsonString(),
        _ => (string?)block["text"] ?? "",
    };

    private async Task AnswerAsync(HttpContext http)
    {
        _requests.Enqueue((await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted))!);
        Reply reply = _replies.TryDequeue(out Reply? next) ? next : _last;
        if (reply.Status != 200)
        {
            http.Response.StatusCode = reply.Status;
            if (reply.RetryAfter is { } after)
                http.Response.Headers.RetryAfter = after;
            await http.Response.WriteAsJsonAsync(new { type = "error", error = new { type = "an_error", message = "as scripted" } });
            return;
        }
        http.Response.ContentType = "text/event-stream";
        await WriteAsync(http, new { type = "message_start", message = new { id = "msg_1", type = "message", role = "assistant", model = "model-1", content = Array.Empty<int>(), usage = new { input_tokens = 1000, output_tokens = 1, cache_read_input_tokens = 50, cache_creation_input_tokens = 10 } } });
        foreach ((int index, object[] block) in reply.Blocks.Index())
            await WriteBlockAsync(http, index, block, reply);
        if (reply.BreaksOff)
        {
            http.Abort();
            return;
        }
        await WriteAsync(http, new { type = "message_delta", delta = new { stop_reason = reply.StopReason }, usage = new { output_tokens = 100 } });
        await WriteAsync(http, new { type = "message_stop" });
        Interlocked.Increment(ref _answered);
    }

    private static async Task WriteBlockAsync(HttpContext http, int index, object[] block, Reply reply)
    {
        bool isCall = block is [string, JsonObject];
        await WriteAsync(http, isCall
            ? new { type = "content_block_start", index, content_block = (object)new { type = "tool_use", id = $"toolu_{Guid.NewGuid():N}", name = block[0], input = new { } } }
            : new { type = "content_block_start", index, content_block = (object)new { type = "text", text = "" } });
        if (isCall)
        {
            await WriteAsync(http, new { type = "content_block_delta", index, delta = new { type = "input_json_delta", partial_json = ((JsonObject)block[1]).ToJsonString() } });
        }
        else
        {
            foreach (string piece in block.Cast<string>())
                await WriteAsync(http, new { type = "content_block_delta", index, delta = new { type = "text_delta", text = piece } });
        }
        await reply.Gate.WaitAsync(http.RequestAborted);
        await WriteAsync(http, new { type = "content_block_stop", index });
    }

    private static async Task WriteAsync(HttpContext http, object data)
    {
        JsonObject json = JsonSerializer.SerializeToNode(data)!.AsObject();
        await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($"event: {(string)json["type"]!}\ndata: {json.ToJsonString()}\n\n"), http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }
}

/// <summary>What the model answers to one call.</summary>
/// <param name="StopReason">Why it ends.</param>
/// <param name="Blocks">Pieces of a text each, or a tool's name with its input.</param>
public sealed record Reply(string StopReason, params object[][] Blocks)
{
    /// <summary>The status of its HTTP answer.</summary>
    public int Status { get; init; } = 200;

    /// <summary>Its <c>Retry-After</c>; null for none.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>Whether the connection ends before the answer does.</summary>
    public bool BreaksOff { get; init; }

    /// <summary>What each of its blocks waits for before it ends.</summary>
    public Task Gate { get; init; } = Task.CompletedTask;

    public static Reply Says(params string[] pieces) => new("end_turn", [[.. pieces]]);

    public static Reply Fails(int status, string? retryAfter = null) => new("") { Status = status, RetryAfter = retryAfter };

    public static Reply Calls(string tool, object input) => new("tool_use", ["Let me look."], [tool, JsonSerializer.SerializeToNode(input)!.AsObject()]);
}
