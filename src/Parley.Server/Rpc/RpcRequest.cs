using System.Text.Json;

namespace Parley.Server.Rpc;

/// <summary>One request as it was sent (JSON-RPC 2.0, 4), right or wrong.</summary>
/// <param name="Id">The id to answer with; undefined where there is none that can be trusted to be one.</param>
/// <param name="Method">The method's name; empty in a wrong request.</param>
/// <param name="Params">An array, an object, or undefined.</param>
/// <param name="Problem">What is wrong with it; null for nothing.</param>
/// <param name="IsNotification">Whether it is right and asks for no answer.</param>
public sealed record RpcRequest(JsonElement Id, string Method, JsonElement Params, string? Problem, bool IsNotification)
{
    public static RpcRequest Of(JsonElement request)
    {
        if (request.ValueKind != JsonValueKind.Object)
            return Wrong(default, "A request is an object.");
        bool hasId = request.TryGetProperty("id"u8, out JsonElement id);
        if (hasId && !IsId(id))
            return Wrong(default, $"An id is text, a number or null, of at most {RpcServer.MaxIdBytes} bytes.");
        if (!request.TryGetProperty("jsonrpc"u8, out JsonElement version) || version.ValueKind != JsonValueKind.String || Text(version) != "2.0")
            return Wrong(id, "A request has \"jsonrpc\":\"2.0\".");
        if (!request.TryGetProperty("method"u8, out JsonElement method) || method.ValueKind != JsonValueKind.String || Text(method) is not { } name)
            return Wrong(id, "A request has a \"method\", which is text.");
        request.TryGetProperty("params"u8, out JsonElement given);
        return given.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.Object or JsonValueKind.Array
            ? new RpcRequest(id, name, given, null, !hasId)
            : Wrong(id, "\"params\" is an array or an object.");
    }

    /// <summary>A text; null where it is none that Unicode knows.</summary>
    internal static string? Text(JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static bool IsId(JsonElement id) =>
        id.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.Null && id.GetRawText().Length <= RpcServer.MaxIdBytes;

    private static RpcRequest Wrong(JsonElement id, string problem) => new(id, "", default, problem, IsNotification: false);
}
