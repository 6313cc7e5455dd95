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

namespace Parley.EndToEnd.Tests.Codex;

/// <summary>
/// Stands in for the Responses API on loopback. A prompt that contains <c>[[name]]</c> is answered by the turns that were scripted under that name, one
/// after the other, the last one again and again.
/// </summary>
public sealed partial class ScriptedResponses : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, JsonObject[]> _scripts = new();
    private readonly ConcurrentQueue<(string Name, JsonArray Input)> _requests = new();
    private readonly WebApplication _app;
    private int _count;

    private ScriptedResponses()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.MapPost("/v1/responses", AnswerAsync);
        _app.MapFallback(() => Results.NotFound());
    }

    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public static async Task<ScriptedResponses> StartAsync()
    {
        var model = new ScriptedResponses();
        await model._app.StartAsync();
        return model;
    }

    public static JsonObject Says(string text) => new()
    {
        ["type"] = "message",
        ["role"] = "assistant",
        ["content"] = new JsonArray(new JsonObject { ["type"] = "output_text", ["text"] = text }),
    };

    /// <summary>Runs a command.</summary>
    public static JsonObject Runs(string command) => new()
    {
        ["type"] = "function_call",
        ["name"] = "exec_command",
        ["arguments"] = new JsonObject { ["cmd"] = command }.ToJsonString(),
    };

    /// <summary>Scripts the answers to a prompt with <c>[[name]]</c> in it, one item each.</summary>
    public void Script(string name, params JsonObject[] items) => _scripts[name] = items;

    /// <summary>What the client sent for a script's prompts, request by request.</summary>
    public IReadOnlyList<JsonArray> RequestsOf(string name) => [.. _requests.Where(request => request.Name == name).Select(request => request.Input)];

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        JsonNode body = (await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted))!;
        JsonArray input = body["input"]!.AsArray();
        (string? name, int step) = Find(input);
        if (name is not null)
            _requests.Enqueue((name, input));
        JsonObject item = name is not null && _scripts.TryGetValue(name, out JsonObject[]? items) ? items[Math.Min(step, items.Length - 1)] : Says("Done.");
        await StreamAsync(http, item.DeepClone());
    }

    // The script of the newest prompt that names one, and how many items came after it.
    private static (string? Name, int Step) Find(JsonArray input)
    {
        for (int i = input.Count - 1; i >= 0; i--)
            if ((string?)input[i]!["role"] == "user" && Mark().Match(input[i]!["content"]!.ToJsonString()) is { Success: true } match)
                return (match.Groups[1].Value, input.Skip(i).Count(item => (string?)item!["type"] == "function_call" || (string?)item["role"] == "assistant"));
        return (null, 0);
    }

    private async Task StreamAsync(HttpContext http, JsonNode item)
    {
        int number = Interlocked.Increment(ref _count);
        item["id"] = $"item_{number:D5}";
        if ((string?)item["type"] == "function_call")
            item["call_id"] = $"call_{number:D5}";
        http.Response.ContentType = "text/event-stream";
        await WriteAsync(http, "response.created", new JsonObject { ["response"] = new JsonObject { ["id"] = $"resp_{number:D5}" } });
        await WriteAsync(http, "response.output_item.done", new JsonObject { ["output_index"] = 0, ["item"] = item });
        var usage = new JsonObject { ["input_tokens"] = 100, ["output_tokens"] = 20, ["total_tokens"] = 120 };
        await WriteAsync(http, "response.completed", new JsonObject { ["response"] = new JsonObject { ["id"] = $"resp_{number:D5}", ["usage"] = usage } });
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
