using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Anthropic;
using Anthropic.Core;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using Parley.Server.Turns;

namespace Parley.Server.Agent;

/// <summary>The Messages API through its own SDK, one streamed call at a time. It tries nothing twice: whoever calls it says so to the people first.</summary>
public sealed class ModelApi : IDisposable
{
    private static readonly IReadOnlyDictionary<string, JsonElement> None = new Dictionary<string, JsonElement>();

    private readonly AnthropicClient _client;

    public ModelApi(AgentOptions options, TimeProvider clock)
    {
        // Explicit, so that nothing else of the environment decides whom it talks to.
        var settings = new ClientOptions { ApiKey = options.ApiKey, AuthToken = null, MaxRetries = 0, Timeout = TimeSpan.FromMinutes(10), Handlers = [new Refusals(clock)] };
        if (options.BaseUrl is { } url)
            settings.BaseUrl = url.AbsoluteUri.TrimEnd('/');
        _client = new AnthropicClient(settings);
    }

    /// <summary>Calls the model.</summary>
    /// <param name="request">The request's body, but for <c>stream</c>.</param>
    /// <param name="answer">Takes what comes, so that it is there too when the call ends early.</param>
    /// <param name="say">Called with each piece of text.</param>
    /// <param name="cancel">Ends the call.</param>
    /// <exception cref="ModelException">The API refuses or fails.</exception>
    public async Task CallAsync(JsonObject request, ModelAnswer answer, Action<string> say, CancellationToken cancel)
    {
        var body = request.ToDictionary(member => member.Key, member => JsonSerializer.SerializeToElement(member.Value));
        try
        {
            await foreach (RawMessageStreamEvent next in _client.Messages.CreateStreaming(MessageCreateParams.FromRawUnchecked(None, None, body), cancel))
            {
                if (answer.Take(next.Json) is { Length: > 0 } text)
                    say(text);
            }
        }
        catch (AnthropicSseException e)
        {
            throw new ModelException("The model's API broke its answer off.", true, e);
        }
        catch (Exception e) when (e is AnthropicIOException or HttpRequestException or IOException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw new ModelException("The model's API can't be reached.", true, e);
        }
        catch (Exception e) when (e is AnthropicException or JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new ModelException("The model's API answers what this server does not understand.", false, e);
        }
        if (!answer.IsComplete)
            throw new ModelException("The model's API broke its answer off.", true);
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Ends a call that the API refuses with all that it says, <c>Retry-After</c> included: the SDK's own exceptions have no headers.</summary>
    private sealed class Refusals(TimeProvider clock) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
        {
            HttpResponseMessage answer = await base.SendAsync(request, cancel);
            if (answer.IsSuccessStatusCode)
                return answer;
            using (answer)
                throw new ModelException(Explain(answer.StatusCode, await answer.Content.ReadAsStringAsync(cancel)), IsPassing(answer.StatusCode)) { RetryAfter = RetryAfter(answer) };
        }

        private static bool IsPassing(HttpStatusCode status) =>
            status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or HttpStatusCode.Conflict || (int)status >= 500;

        private static string Explain(HttpStatusCode status, string body) => status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => "The model's API refuses this server's key.",
            HttpStatusCode.TooManyRequests => "The model's API takes no more requests at the moment.",
            _ when (int)status >= 500 => $"The model's API is busy or failing ({(int)status}).",
            _ => $"The model's API refuses the request ({(int)status}): {Message(body)}",
        };

        private static string Message(string body)
        {
            try
            {
                return (string?)JsonNode.Parse(body)?["error"]?["message"] ?? "";
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                return "";
            }
        }

        // RFC 9110, section 10.2.3: seconds, or a date.
        private TimeSpan? RetryAfter(HttpResponseMessage answer) =>
            answer.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - clock.GetUtcNow() : null;
    }
}

/// <summary>What the model has answered so far.</summary>
public sealed class ModelAnswer
{
    private readonly List<JsonObject> _blocks = [];
    private readonly StringBuilder _input = new();

    /// <summary>Whole blocks in the API's form, and the text that is being written; a call of a tool that was cut off is not there.</summary>
    public IReadOnlyList<JsonObject> Blocks => _blocks;

    public bool IsComplete { get; private set; }

    /// <summary>Why it ended, as the API says: <c>end_turn</c>, <c>tool_use</c>, <c>max_tokens</c>, …</summary>
    public string? StopReason { get; private set; }

    public TokenCounts Tokens { get; private set; }

    public IEnumerable<JsonObject> Calls => _blocks.Where(block => (string?)block["type"] == "tool_use");

    public string Text => string.Concat(_blocks.Where(block => (string?)block["type"] == "text").Select(block => (string?)block["text"]));

    /// <summary>Takes an event of the stream; the text that it adds, or null.</summary>
    public string? Take(JsonElement next)
    {
        switch (next.GetProperty("type").GetString())
        {
            case "message_start":
                Count(next.GetProperty("message"));
                return null;
            case "content_block_start":
                _input.Clear();
                _blocks.Add(JsonObject.Create(next.GetProperty("content_block"))!);
                return (string?)_blocks[^1]["text"];
            case "content_block_delta":
                return Grow(next.GetProperty("delta"));
            case "content_block_stop":
                if (_input.Length > 0)
                    _blocks[^1]["input"] = JsonNode.Parse(_input.ToString());
                return null;
            case "message_delta":
                StopReason = next.GetProperty("delta").GetProperty("stop_reason").GetString();
                Count(next);
                return null;
            case "message_stop":
                IsComplete = true;
                return null;
            default:
                return null;
        }
    }

    /// <summary>Drops what is of no use when the answer ends early.</summary>
    public void KeepText() => _blocks.RemoveAll(block => (string?)block["type"] != "text" || string.IsNullOrWhiteSpace((string?)block["text"]));

    private string? Grow(JsonElement delta)
    {
        if (delta.TryGetProperty("partial_json", out JsonElement json))
            _input.Append(json.GetString());
        foreach (string member in (string[])["text", "thinking", "signature"])
        {
            if (delta.TryGetProperty(member, out JsonElement more))
                _blocks[^1][member] = (string?)_blocks[^1][member] + more.GetString();
        }
        return delta.TryGetProperty("text", out JsonElement text) ? text.GetString() : null;
    }

    private void Count(JsonElement message)
    {
        if (!message.TryGetProperty("usage", out JsonElement usage))
            return;
        Tokens = new TokenCounts(
            Number(usage, "input_tokens") ?? Tokens.Input, Number(usage, "output_tokens") ?? Tokens.Output,
            Number(usage, "cache_read_input_tokens") ?? Tokens.CacheRead, Number(usage, "cache_creation_input_tokens") ?? Tokens.CacheWrite);
    }

    private static long? Number(JsonElement usage, string name) =>
        usage.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;
}

/// <summary>The model's API refuses or fails; the message is for people.</summary>
/// <param name="message">What it says.</param>
/// <param name="isPassing">Whether trying again may help.</param>
/// <param name="inner">What was thrown.</param>
public sealed class ModelException(string message, bool isPassing, Exception? inner = null) : Exception(message, inner)
{
    public bool IsPassing => isPassing;

    /// <summary>How long the API asks to be left alone; null where it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
