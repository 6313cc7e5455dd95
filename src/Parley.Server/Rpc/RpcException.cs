namespace Parley.Server.Rpc;

/// <summary>A call that ends with an error (JSON-RPC 2.0, 5.1); the message is one sentence for the person who wrote the call.</summary>
public sealed class RpcException(int code, string message) : Exception(message)
{
    public const int ParseError = -32700, InvalidRequest = -32600, MethodNotFound = -32601, InvalidParams = -32602, InternalError = -32603;

    // The specification leaves all numbers outside -32768 to -32000 to applications: these say what the same answer says over HTTP.
    public const int Unauthorized = 401, NotFound = 404, TooMany = 429;

    public int Code { get; } = code;

    /// <summary>The specification's own words for its codes; null for other codes, whose message says all.</summary>
    public string? Meaning => Code switch
    {
        ParseError => "Parse error",
        InvalidRequest => "Invalid Request",
        MethodNotFound => "Method not found",
        InvalidParams => "Invalid params",
        InternalError => "Internal error",
        _ => null,
    };
}
