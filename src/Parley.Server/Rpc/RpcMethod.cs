namespace Parley.Server.Rpc;

/// <summary>A method that can be called.</summary>
/// <param name="Name">What it is called by.</param>
/// <param name="Parameters">The names of its parameters, in their order.</param>
/// <param name="Run">Does it; the result is written as JSON. An <see cref="RpcException"/> is the error that is answered.</param>
public sealed record RpcMethod(string Name, string[] Parameters, Func<RpcCall, ValueTask<object?>> Run);

/// <summary>One call of a method.</summary>
/// <param name="Peer">Who calls.</param>
/// <param name="Arguments">What with.</param>
/// <param name="Cancel">The caller has gone.</param>
public sealed record RpcCall(RpcPeer Peer, RpcArguments Arguments, CancellationToken Cancel);

/// <summary>The other end.</summary>
/// <param name="Http">The request that it called with, or by which its socket was opened.</param>
/// <param name="Socket">Its socket; null for a call by POST.</param>
public sealed record RpcPeer(HttpContext Http, RpcSocket? Socket = null);
