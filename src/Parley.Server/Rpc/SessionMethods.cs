using System.Buffers;
using System.Text;
using System.Text.Json.Serialization;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Audit;
using Parley.Server.Hosting;
using Parley.Server.Live;
using Parley.Server.Sessions;
using Parley.Server.Sharing;

namespace Parley.Server.Rpc;

/// <summary>The methods of sessions: what owners say about who may read, and what readers ask and follow.</summary>
public sealed class SessionMethods(
    SessionSharing sharing, SessionAccess access, SessionStore store, LiveFeeds feeds, AuditTrail trail, RequestLimits limits, PublicAddress address, TimeProvider clock)
{
    /// <summary>All of them.</summary>
    public IEnumerable<RpcMethod> All =>
    [
        Owners("session.share", ["session_id", "expires_in"], ShareAsync),
        Owners("session.revokeShare", ["share_token"], RevokeAsync),
        Owners("session.shareList", ["session_id"], SharesAsync),
        Owners("session.list", [], ListAsync),
        Readers("session.get", ["session_id"], GetAsync),
        Readers("session.subscribe", ["session_id", "after", "revision"], SubscribeAsync),
        Readers("session.unsubscribe", ["session_id"], call => ValueTask.FromResult<object?>(new Ok(Socket(call).Unsubscribe(call.Arguments.Text("session_id"))))),
    ];

    private async ValueTask<object?> ShareAsync(RpcCall call)
    {
        TokenRequest token = call.Arguments.Has("expires_in") ? new() { ExpiresIn = call.Arguments.Number("expires_in") } : new();
        if (token.Problem is { } problem)
            throw RpcArguments.Wrong(problem);
        Shared shared = Found(call, await sharing.ShareAsync(call.Arguments.Text("session_id"), Caller(call), new ShareRequest(Token: token), call.Cancel));
        return new NewShare(shared.Token!.Token!, shared.Token.ExpiresAt, shared.Token.ExpiresAt is null ? SharesApi.EndlessWarning : null);
    }

    private async ValueTask<object?> RevokeAsync(RpcCall call) =>
        await sharing.RevokeAsync(call.Arguments.Text("share_token"), Caller(call), call.Cancel) ? new Ok(true) : throw Missing(call);

    private async ValueTask<object?> SharesAsync(RpcCall call)
    {
        string id = call.Arguments.Text("session_id");
        (_, List<TokenShare> tokens) = Found(call, await sharing.ListAsync(id, Caller(call), call.Cancel));
        return new Shares([.. tokens.Select(t => new ActiveShare(t.Token, t.SessionId, t.ExpiresAt, t.CreatedAt))]);
    }

    private async ValueTask<object?> ListAsync(RpcCall call)
    {
        List<SessionRecord> sessions = await store.ListAsync(call.Peer.Http.AccountId(), clock.GetUtcNow(), call.Cancel);
        return new SessionList([.. sessions.Select(session => Summary(call, session))]);
    }

    private async ValueTask<object?> GetAsync(RpcCall call) => Summary(call, await ReadableAsync(call));

    private async ValueTask<object?> SubscribeAsync(RpcCall call)
    {
        RpcSocket socket = Socket(call);
        var position = new StreamPosition(Position(call, "after"), Position(call, "revision"));
        SessionRecord session = await ReadableAsync(call);
        HttpContext http = call.Peer.Http;
        Caller caller = http.Caller();
        bool follows = socket.Subscribe(session.Id, cancel => FollowAsync(socket, session, caller, position, http, cancel));
        return follows ? new Ok(true) : throw new RpcException(RpcException.TooMany, $"A socket follows at most {RpcSocket.MaxSubscriptions} sessions.");
    }

    private async Task FollowAsync(RpcSocket socket, SessionRecord session, Caller caller, StreamPosition position, HttpContext http, CancellationToken cancel)
    {
        position = position with { Seq = Math.Min(position.Seq, session.LastSeq) };
        using LiveReader? reader = feeds.Open(session.Id, caller, RequestLimits.Address(http), position, out _);
        if (reader is null)
        {
            await socket.SendAsync(Notification(session.Id, "full", "{}"u8), cancel);
            return;
        }
        reader.LetGo = socket.Abort;
        using CancellationTokenRegistration gone = cancel.UnsafeRegister(static reader => ((LiveReader)reader!).Signal(), reader);
        trail.Note(session, AuditAction.StreamOpened, Actor.Of(caller, http));
        while (await reader.WaitAsync(cancel))
        {
            while (reader.TryRead(out SessionEvent? next))
            {
                if (next!.Kind != EventKind.Heartbeat)
                    await socket.SendAsync(Notification(session.Id, next.Name, next.Data(EventForm.Json)), cancel);
            }
        }
        trail.Note(session, AuditAction.StreamClosed, Actor.Of(caller, http));
    }

    private static ReadOnlyMemory<byte> Notification(string sessionId, string name, ReadOnlySpan<byte> data)
    {
        var message = new ArrayBufferWriter<byte>(data.Length + 128);
        Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","method":"session.event","params":{"session_id":"{{sessionId}}","event":"{{name}}","data":""", message);
        message.Write(data);
        message.Write("}}"u8);
        return message.WrittenMemory;
    }

    private static long Position(RpcCall call, string name) =>
        call.Arguments.Number(name) is var position and not < 0 ? position ?? 0 : throw RpcArguments.Wrong($"\"{name}\" is not negative.");

    private async ValueTask<SessionRecord> ReadableAsync(RpcCall call) =>
        Found(call, await access.FindAsync(call.Arguments.Text("session_id"), Caller(call), SessionAction.Read, call.Cancel));

    private SessionSummary Summary(RpcCall call, SessionRecord session) =>
        SessionSummary.Of(session, feeds.Viewers(session.Id), address.Session(call.Peer.Http.Request, session.Id));

    private static RpcSocket Socket(RpcCall call) =>
        call.Peer.Socket ?? throw new RpcException(RpcException.MethodNotFound, "This is for WebSockets: connect to the same address.");

    private static Caller Caller(RpcCall call) => call.Peer.Http.Caller();

    private static RpcMethod Owners(string name, string[] parameters, Func<RpcCall, ValueTask<object?>> run) => new(name, parameters, call =>
        Caller(call).AccountId is not null ? run(call) : throw new RpcException(RpcException.Unauthorized, "This needs an API key: Authorization: Bearer sk-…"));

    private static RpcMethod Readers(string name, string[] parameters, Func<RpcCall, ValueTask<object?>> run) => new(name, parameters, run);

    private T Found<T>(RpcCall call, T? found) where T : class => found ?? throw Missing(call);

    private T Found<T>(RpcCall call, T? found) where T : struct => found ?? throw Missing(call);

    /// <summary>One answer for what is missing, ended, and not the caller's; asking for too much of it ends with another.</summary>
    private RpcException Missing(RpcCall call) => limits.Misses(call.Peer.Http)
        ? new(RpcException.NotFound, "There is no such session or share, or it is not yours.")
        : new(RpcException.TooMany, "Too many requests for what is not there: wait for a minute.");

    private sealed record Ok([property: JsonPropertyName("ok")] bool Done);

    private sealed record NewShare(
        string ShareToken, DateTimeOffset? ExpiresAt, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Warning);

    private sealed record ActiveShare(string? ShareToken, string SessionId, DateTimeOffset? ExpiresAt, DateTimeOffset CreatedAt);

    private sealed record Shares([property: JsonPropertyName("shares")] IReadOnlyList<ActiveShare> Active);
}
