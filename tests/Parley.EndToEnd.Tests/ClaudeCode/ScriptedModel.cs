using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Parley.EndToEnd.Tests.ClaudeCode;

/// <summary>
/// Stands in for the model's API on loopback. A prompt that contains <c>[[name]]</c> is answered by the turns that were scripted under that
/// name, one after the other; what the client asks besides (titles) is answered in a word.
/// </summary>
public sealed partial class ScriptedModel : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Turn[]> _scripts = new();
    private readonly ConcurrentQueue<(string Name, JsonNode Body)> _requests = new();
    private readonly WebApplication _app;
    private int _count;

    private ScriptedModel()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.MapPost("/v1/messages", AnswerAsync);
        _app.MapFallback(() => Results.NotFound());
    }

    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public static async Task<ScriptedModel> StartAsync()
    {
        var model = new ScriptedModel();
        await model._app.StartAsync();
        return model;
    }

    /// <summary>Scripts the answers to a prompt with <c>[[name]]</c> in it; the last one is repeated.</summary>
    public void Script(string name, params Turn[] turns) => _scripts[name] = turns;

    /// <summary>What the client sent for a script's prompts, request by request.</summary>
    public IReadOnlyList<JsonNode> RequestsOf(string name) => [.. _requests.Where(request => request.Name == name).Select(request => request.Body)];

    /// <summary>The texts of the tool results that the client sent for a script, those of the last request.</summary>
    public string ResultsOf(string name) => string.Join('\n', Messages(RequestsOf(name)[^1])
        .SelectMany(message => Blocks(message)).Where(block => (string?)block["type"] == "tool_result").Select(block => ReadText(block["content"])));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        JsonNode body = (await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted))!;
        (string? name, int step) = Find(body);
        bool isAside = body["tools"] is not JsonArray { Count: > 0 };
        if (!isAside && name is not null)
            _requests.Enqueue((name, body));
        Turn turn = isAside ? Turn.Says("""{"title":"Scripted"}""")
            : name is not null && _scripts.TryGetValue(name, out Turn[]? turns) ? turns[Math.Min(step, turns.Length - 1)]
            : Turn.Says("Done.");
        await turn.Gate.WaitAsync(http.RequestAborted);
        JsonObject message = Message(turn, (string)body["model"]!);
        if ((bool?)body["stream"] == true)
            await StreamAsync(http, message, turn);
        else
            await http.Response.WriteAsJsonAsync(message);
    }

    // The script of the newest prompt that names one, and how often it was answered since.
    private static (string? Name, int Step) Find(JsonNode body)
    {
        JsonNode[] messages = [.. Messages(body)];
        for (int i = messages.Length - 1; i >= 0; i--)
            if ((string?)messages[i]["role"] == "user" && Mark().Match(PromptOf(messages[i])) is { Success: true } match)
                return (match.Groups[1].Value, messages.Skip(i).Count(message => (string?)message["role"] == "assistant"));
        return (null, 0);
    }

    private static IEnumerable<JsonNode> Messages(JsonNode body) => body["messages"]!.AsArray().OfType<JsonNode>();

    private static IEnumerable<JsonNode> Blocks(JsonNode message) => message["content"] is JsonArray blocks ? blocks.OfType<JsonNode>() : [];

    private static string PromptOf(JsonNode message) => message["content"] is JsonValue text
        ? (string)text!
        : string.Join('\n', Blocks(message).Where(block => (string?)block["type"] == "text").Select(block => (string?)block["text"]));

    private static string ReadText(JsonNode? content) => content is JsonArray blocks ? string.Join('\n', blocks.Select(block => (string?)block!["text"])) : (string?)content ?? "";

    private JsonObject Message(Turn turn, string model)
    {
        int number = Interlocked.Increment(ref _count);
        var content = new JsonArray();
        foreach ((int index, JsonObject block) in turn.Blocks.Index())
        {
            JsonNode copy = block.DeepClone();
            if ((string?)copy["type"] == "tool_use")
                copy["id"] = $"toolu_{number:D5}_{index}";
            content.Add(copy);
        }
        return new JsonObject
        {
            ["id"] = $"msg_{number:D5}",
            ["type"] = "message",
            ["role"] = "assistant",
            ["model"] = model,
            ["content"] = content,
            ["stop_reason"] = turn.CallsTools ? "tool_use" : "end_turn",
            ["stop_sequence"] = null,
            ["usage"] = new JsonObject { ["input_tokens"] = 100, ["output_tokens"] = 20 },
        };
    }

    // The events of a streamed message: begun empty, each block in one delta, then the reason why it stopped.
    private static async Task StreamAsync(HttpContext http, JsonObject message, Turn turn)
    {
        http.Response.ContentType = "text/event-stream";
        JsonArray content = message["content"]!.AsArray();
        JsonNode begun = message.DeepClone();
        (begun["content"], begun["stop_reason"]) = (new JsonArray(), null);
        await WriteAsync(http, "message_start", new JsonObject { ["message"] = begun });
        foreach ((int index, JsonNode? block) in content.Index())
        {
            bool isText = (string?)block!["type"] == "text";
            JsonNode empty = block.DeepClone();
            empty[isText ? "text" : "input"] = isText ? "" : new JsonObject();
            var delta = isText
                ? new JsonObject { ["type"] = "text_delta", ["text"] = (string?)block["text"] }
                : new JsonObject { ["type"] = "input_json_delta", ["partial_json"] = block["input"]!.ToJsonString() };
            await WriteAsync(http, "content_block_start", new JsonObject { ["index"] = index, ["content_block"] = empty });
            await WriteAsync(http, "content_block_delta", new JsonObject { ["index"] = index, ["delta"] = delta });
            await WriteAsync(http, "content_block_stop", new JsonObject { ["index"] = index });
        }
        var end = new JsonObject { ["stop_reason"] = turn.CallsTools ? "tool_use" : "end_turn", ["stop_sequence"] = null };
        await WriteAsync(http, "message_delta", new JsonObject { ["delta"] = end, ["usage"] = new JsonObject { ["output_tokens"] = 20 } });
        await WriteAsync(http, "message_stop", []);
    }

    private static async Task WriteAsync(HttpContext http, string type, JsonObject data)
    {
        data["type"] = type;
        await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($"event: {type}\ndata: {data.ToJsonString()}\n\n"), http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }

    [GeneratedRegex(@"\[\[([a-z0-9-]+)\]\]", RegexOptions.RightToLeft)]
    private static partial Regex Mark();
}
