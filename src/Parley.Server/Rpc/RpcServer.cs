using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace Parley.Server.Rpc;

/// <summary>
/// JSON-RPC 2.0 (https://www.jsonrpc.org/specification): a message in, its answer out, whatever carries them. No message makes it fail: what can't
/// be understood gets an error, and what goes wrong inside a method is logged and becomes "internal error".
/// </summary>
/// <param name="methods">What can be called.</param>
/// <param name="admit">Asked before each call but the first of a POST, which is limited as a request already: whether the caller may go on.</param>
/// <param name="log">Receives failures of methods.</param>
public sealed class RpcServer(IEnumerable<RpcMethod> methods, Func<HttpContext, bool> admit, ILogger log)
{
    /// <summary>The most calls in one batch.</summary>
    public const int MaxBatch = 50;

    /// <summary>The longest id, in bytes of JSON: it comes back as it was sent.</summary>
    public const int MaxIdBytes = 256;

    private static readonly JsonDocumentOptions Strictly = new() { AllowDuplicateProperties = false };

    private readonly Dictionary<string, RpcMethod> _methods = methods.ToDictionary(m => m.Name);

    /// <summary>Names of all methods.</summary>
    public IEnumerable<string> Methods => _methods.Keys;

    /// <summary>The answer to a message; empty when it is all notifications, to which there is none.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> AnswerAsync(ReadOnlyMemory<byte> message, RpcPeer peer, CancellationToken cancel)
    {
        var answer = new ArrayBufferWriter<byte>();
        await using var json = new Utf8JsonWriter(answer, RpcJson.Writing);
        if (Parse(message) is not { } document)
        {
            WriteError(json, default, new RpcException(RpcException.ParseError, "This is not JSON."));
        }
        else
        {
            using (document)
                await AnswerAsync(document.RootElement, json, peer, cancel);
        }
        await json.FlushAsync(cancel);
        return answer.WrittenMemory;
    }

    private static JsonDocument? Parse(ReadOnlyMemory<byte> message)
    {
        try
        {
            return Utf8.IsValid(message.Span) ? JsonDocument.Parse(message, Strictly) : null;
        }
        // The second is for names with half a surrogate pair in them.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private async ValueTask AnswerAsync(JsonElement message, Utf8JsonWriter json, RpcPeer peer, CancellationToken cancel)
    {
        if (message.ValueKind != JsonValueKind.Array)
        {
            await CallAsync(message, json, peer, isFirst: true, cancel);
        }
        else if (message.GetArrayLength() is 0 or > MaxBatch)
        {
            WriteError(json, default, new RpcException(RpcException.InvalidRequest, $"A batch holds 1 to {MaxBatch} requests."));
        }
        else
        {
            await BatchAsync(message, json, peer, cancel);
        }
    }

    private async ValueTask BatchAsync(JsonElement batch, Utf8JsonWriter json, RpcPeer peer, CancellationToken cancel)
    {
        json.WriteStartArray();
        bool isFirst = true, isAnswered = false;
        foreach (JsonElement request in batch.EnumerateArray())
        {
            isAnswered |= await CallAsync(request, json, peer, isFirst, cancel);
            isFirst = false;
        }
        if (isAnswered)
            json.WriteEndArray();
        else
            json.Reset();
    }

    /// <returns>Whether there is an answer.</returns>
    private async ValueTask<bool> CallAsync(JsonElement element, Utf8JsonWriter json, RpcPeer peer, bool isFirst, CancellationToken cancel)
    {
        RpcRequest request = RpcRequest.Of(element);
        (object? result, RpcException? error) = await RunAsync(request, peer, isFirst, cancel);
        if (request.IsNotification)
            return false;
        if (error is not null)
            WriteError(json, request.Id, error);
        else
            WriteResult(json, request.Id, result);
        return true;
    }

    private async ValueTask<(object? Result, RpcException? Error)> RunAsync(RpcRequest request, RpcPeer peer, bool isFirst, CancellationToken cancel)
    {
        try
        {
            if ((!isFirst || peer.Socket is not null) && !admit(peer.Http))
                return (null, new RpcException(RpcException.TooMany, "Too many requests: wait for a minute."));
            if (request.Problem is { } problem)
                return (null, new RpcException(RpcException.InvalidRequest, problem));
            if (!_methods.TryGetValue(request.Method, out RpcMethod? method))
                return (null, new RpcException(RpcException.MethodNotFound, $"There is no such method: there is {string.Join(", ", _methods.Keys)}."));
            return (await method.Run(new RpcCall(peer, new RpcArguments(method.Parameters, request.Params), cancel)), null);
        }
        catch (RpcException e)
        {
            return (null, e);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            log.LogError(e, "{Method} failed", request.Method);
            return (null, new RpcException(RpcException.InternalError, "Something went wrong on the server."));
        }
    }

    private static void WriteResult(Utf8JsonWriter json, JsonElement id, object? result)
    {
        json.WriteStartObject();
        json.WriteString("jsonrpc"u8, "2.0"u8);
        json.WritePropertyName("result"u8);
        JsonSerializer.Serialize(json, result, RpcJson.Options);
        WriteId(json, id);
        json.WriteEndObject();
    }

    private static void WriteError(Utf8JsonWriter json, JsonElement id, RpcException error)
    {
        json.WriteStartObject();
        json.WriteString("jsonrpc"u8, "2.0"u8);
        json.WriteStartObject("error"u8);
        json.WriteNumber("code"u8, error.Code);
        json.WriteString("message"u8, error.Meaning ?? error.Message);
        if (error.Meaning is not null)
            json.WriteString("data"u8, error.Message);
        json.WriteEndObject();
        WriteId(json, id);
        json.WriteEndObject();
    }

    private static void WriteId(Utf8JsonWriter json, JsonElement id)
    {
        json.WritePropertyName("id"u8);
        if (id.ValueKind == JsonValueKind.Undefined)
            json.WriteNullValue();
        else
            json.WriteRawValue(id.GetRawText());
    }
}
