using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Parley.Cli.Servers;
using Parley.Core.Headless;
using Parley.Core.Sessions;

namespace Parley.Cli.Hosting;

/// <summary>
/// This machine's end of the wire of runners (docs/turns.md). What changes a turn is sent again through lost networks for as long as the lease may
/// hold; the server takes the same step once.
/// </summary>
internal sealed class HostWire : IDisposable
{
    /// <summary>For how long a request waits for something to happen, in seconds.</summary>
    public const int Wait = 20;

    private const string LeaseHeader = "Parley-Lease";

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);

    // Longer than any wait: a connection that is dead without anybody having said so is found by it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(Wait + 10);

    // Longer than a call waits for a person, and for a machine after that.
    private static readonly TimeSpan CallPatience = TimeSpan.FromMinutes(8);

    private readonly HttpClient _http;
    private readonly TimeProvider _clock;

    public HostWire(Uri server, string token, TimeProvider clock)
    {
        _clock = clock;
        var handler = new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(10), UseProxy = !server.IsLoopback, AllowAutoRedirect = false, UseCookies = false };
        _http = new HttpClient(handler) { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Whether the server did not answer when it was asked for a turn last.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The next turn; null when none came, or the server could not be asked.</summary>
    /// <exception cref="Failure">This machine may not answer any more.</exception>
    public async Task<TakenTurn?> TakeAsync(CancellationToken cancel)
    {
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Post, "api/runner/take") { Content = Json(new TakeTurn("host", 1, Wait), CliJson.Default.TakeTurn) };
            using HttpResponseMessage answer = await SendAsync(request, cancel);
            if (answer.StatusCode == HttpStatusCode.Unauthorized)
                throw new Failure("this machine answers there no more: the workspace was closed or handed on, or the machine was revoked.");
            IsCut = answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.NoContent or HttpStatusCode.TooManyRequests);
            if (answer.StatusCode == HttpStatusCode.OK)
                return JsonSerializer.Deserialize(await answer.Content.ReadAsByteArrayAsync(cancel), CliJson.Default.TakenTurn);
            if (answer.StatusCode == HttpStatusCode.NoContent)
                return null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            // The network is gone, or the server starts again.
            IsCut = true;
        }
        await Task.Delay(RetryDelay, _clock, cancel);
        return null;
    }

    /// <summary>Renews the lease, and waits until somebody interrupts the turn or for a while; whether somebody does.</summary>
    /// <exception cref="LeaseLostException"/>
    public async Task<bool> RenewAsync(TakenTurn turn, CancellationToken cancel) =>
        // A third of the lease, so that two may be lost.
        (await AskAsync(turn, HttpMethod.Post, $"renew?wait={turn.LeaseSeconds / 3}", null, CliJson.Default.TurnRenewal, cancel)).Interrupted;

    /// <summary>Shows text that is being written; what can't be shown now is not shown.</summary>
    public async Task SayAsync(TakenTurn turn, string text, CancellationToken cancel)
    {
        try
        {
            using HttpRequestMessage request = Request(turn, HttpMethod.Post, "deltas", JsonSerializer.SerializeToUtf8Bytes(new TurnText(text), CliJson.Default.TurnText));
            using HttpResponseMessage answer = await SendAsync(request, cancel);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The entry that it becomes has it.
        }
    }

    /// <summary>Appends entries of the answer.</summary>
    /// <exception cref="LeaseLostException"/>
    public Task AppendAsync(TakenTurn turn, long step, IReadOnlyList<Entry> entries, CancellationToken cancel) =>
        SendAsync(turn, "steps", StepJson.Of(step, entries, null, null), cancel);

    /// <summary>Ends the turn, with the last entries of it.</summary>
    /// <exception cref="LeaseLostException"/>
    public Task FinishAsync(TakenTurn turn, long step, IReadOnlyList<Entry> entries, string outcome, string? reason, CancellationToken cancel) =>
        SendAsync(turn, "finish", StepJson.Of(step, entries, outcome, reason), cancel);

    /// <summary>Lets another runner go on with the turn.</summary>
    public Task GiveBackAsync(TakenTurn turn, CancellationToken cancel) => SendAsync(turn, "give-back", ReadOnlyMemory<byte>.Empty, cancel);

    /// <summary>Asks the people of the workspace, and waits a while; the same request again waits on.</summary>
    /// <exception cref="LeaseLostException"/>
    public Task<PermissionReply> AskAsync(TakenTurn turn, PermissionAsked asked, CancellationToken cancel)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body, new JsonWriterOptions { Encoder = JsonText.Encoder }))
        {
            json.WriteStartObject();
            json.WriteString("requestId"u8, asked.RequestId);
            json.WriteString("tool"u8, asked.Tool);
            json.WritePropertyName("input"u8);
            json.WriteRawValue(asked.Input.Span);
            json.WriteEndObject();
        }
        return AskAsync(turn, HttpMethod.Post, $"permissions?wait={Wait}", body.WrittenMemory, CliJson.Default.PermissionReply, cancel);
    }

    public Task WithdrawAsync(TakenTurn turn, string requestId, CancellationToken cancel) =>
        AskAsync(turn, HttpMethod.Delete, $"permissions/{Uri.EscapeDataString(requestId)}", null, cancel);

    /// <summary>Uses what is lent to the workspace, once: a call that is lost may have been carried out, and is not made again.</summary>
    /// <exception cref="LeaseLostException"/>
    public async Task<ToolReceipt> CallAsync(TakenTurn turn, ToolCall call, CancellationToken cancel)
    {
        using var time = new CancellationTokenSource(CallPatience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, time.Token);
        try
        {
            using HttpRequestMessage request = Request(turn, HttpMethod.Post, "tools", JsonSerializer.SerializeToUtf8Bytes(call, CliJson.Default.ToolCall));
            using HttpResponseMessage answer = await _http.SendAsync(request, either.Token);
            if (answer.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.Unauthorized)
                throw new LeaseLostException();
            if (answer.IsSuccessStatusCode)
                return JsonSerializer.Deserialize(await answer.Content.ReadAsByteArrayAsync(either.Token), CliJson.Default.ToolReceipt)!;
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            // Told below.
        }
        return new ToolReceipt("There was no answer. Whether the call was carried out is not known.", IsError: true);
    }

    /// <summary>What is shared with the agent, once that is another version than the known one, or after a while.</summary>
    /// <exception cref="LeaseLostException"/>
    public Task<HostContext> ContextAsync(TakenTurn turn, string known, CancellationToken cancel) =>
        AskAsync(turn, HttpMethod.Get, $"context?known={known}&wait={(known == "" ? 0 : Wait)}", null, CliJson.Default.HostContext, cancel);

    /// <summary>Says that this machine is gone.</summary>
    public async Task LeaveAsync(CancellationToken cancel)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "api/runner/leave") { Content = Json(new TakeTurn("host", 0, 0), CliJson.Default.TakeTurn) };
        using HttpResponseMessage answer = await SendAsync(request, cancel);
    }

    public void Dispose() => _http.Dispose();

    private async Task<T> AskAsync<T>(TakenTurn turn, HttpMethod method, string route, ReadOnlyMemory<byte>? body, JsonTypeInfo<T> type, CancellationToken cancel) =>
        JsonSerializer.Deserialize(await AskAsync(turn, method, route, body, cancel), type) ?? throw new LeaseLostException();

    private Task<byte[]> SendAsync(TakenTurn turn, string route, ReadOnlyMemory<byte> body, CancellationToken cancel) => AskAsync(turn, HttpMethod.Post, route, body, cancel);

    private async Task<byte[]> AskAsync(TakenTurn turn, HttpMethod method, string route, ReadOnlyMemory<byte>? body, CancellationToken cancel)
    {
        DateTimeOffset until = _clock.GetUtcNow().AddSeconds(turn.LeaseSeconds);
        while (true)
        {
            try
            {
                using HttpRequestMessage request = Request(turn, method, route, body);
                using HttpResponseMessage answer = await SendAsync(request, cancel);
                if (answer.IsSuccessStatusCode)
                    return await answer.Content.ReadAsByteArrayAsync(cancel);
                if (answer.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.Unauthorized)
                    throw new LeaseLostException();
                if (answer.StatusCode is < HttpStatusCode.InternalServerError and not HttpStatusCode.TooManyRequests)
                    throw new Failure($"the server refuses what was sent to it: {await answer.Content.ReadAsStringAsync(cancel)}");
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                // The network is gone, or the server starts again: the next attempt tells.
            }
            if (_clock.GetUtcNow() >= until)
                throw new LeaseLostException();
            await Task.Delay(RetryDelay, _clock, cancel);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        using var time = new CancellationTokenSource(Patience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, time.Token);
        try
        {
            return await _http.SendAsync(request, either.Token);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new HttpRequestException("No answer came in time.", e);
        }
    }

    private static HttpRequestMessage Request(TakenTurn turn, HttpMethod method, string route, ReadOnlyMemory<byte>? body) =>
        new(method, $"api/runner/turns/{turn.TurnId}/{route}") { Headers = { { LeaseHeader, turn.Lease } }, Content = body is { } json ? Json(json) : null };

    private static ReadOnlyMemoryContent Json<T>(T value, JsonTypeInfo<T> type) => Json(JsonSerializer.SerializeToUtf8Bytes(value, type));

    private static ReadOnlyMemoryContent Json(ReadOnlyMemory<byte> json) => new(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
}

/// <summary>The server counts on this machine no more for a turn: it stops, and another runner may have it by now.</summary>
internal sealed class LeaseLostException : Exception;
