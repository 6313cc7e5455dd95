using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Parley.Cli.Sharing;
using Parley.Cli.Terminals;
using Parley.Core.Sessions;

namespace Parley.Cli.Servers;

/// <summary>The server's HTTP interface, as far as the command uses it. Every failure is a sentence that says what to do.</summary>
internal sealed class ServerApi : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(60);

    private const string EventsType = "text/event-stream";

    private const int DownloadBuffer = 128 * 1024;

    private readonly HttpClient _http;
    private readonly ServerErrors _errors;

    public ServerApi(Uri address, Setting? key)
    {
        Address = address;
        _errors = new ServerErrors(address, key);
        // A redirect would turn the upload into a GET and lose the key: it is reported instead.
        var handler = new SocketsHttpHandler { ConnectTimeout = ConnectTimeout, UseProxy = !address.IsLoopback, AllowAutoRedirect = false, UseCookies = false };
        _http = new HttpClient(handler) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
        if (key is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Value);
    }

    public Uri Address { get; }

    /// <summary>Whether it is asked as somebody. Nobody is told of a session that isn't public.</summary>
    public bool HasKey => _http.DefaultRequestHeaders.Authorization is not null;

    /// <summary>The configured server, with the key that belongs to it.</summary>
    /// <exception cref="Failure">There is no key for it.</exception>
    public static ServerApi Connect()
    {
        Uri address = Settings.Address(Settings.Server());
        return new ServerApi(address, Settings.Key(address) ?? throw ServerErrors.NoKey(address));
    }

    /// <summary>Tells who is about to send something over a network that can read it.</summary>
    public void WarnIfReadableOnTheWay()
    {
        if (Address.Scheme == Uri.UriSchemeHttp && !Address.IsLoopback)
            Terminal.Error.WriteLine(Style.OfError.Warning($"parley: {Address} is not encrypted: who sees the network sees the session and the key. Use https."));
    }

    /// <summary>Uploads a bundle while it is being written. The answer is awaited without a limit; cancelling leaves nothing on the server.</summary>
    public async Task<ShareResult> ShareAsync(HttpContent bundle, Terms terms, CancellationToken cancel)
    {
        string query = string.Join('&', new[]
        {
            terms.Expires is { } time ? $"expires_in={(long)time.TotalSeconds}" : null,
            terms.IsPrivate ? "private=true" : null,
            terms.IsLive ? "live=true" : null,
        }.OfType<string>());
        using var request = new HttpRequestMessage(HttpMethod.Post, query.Length > 0 ? $"api/sessions?{query}" : "api/sessions") { Content = bundle };
        // The server may refuse (key, limits) before the body is sent.
        request.Headers.ExpectContinue = true;
        using HttpResponseMessage answer = await SendAsync(request, "share", cancel);
        return await ReadAsync(answer, CliJson.Default.ShareResult, cancel);
    }

    public Task<SharedSessions> ListAsync(CancellationToken cancel) => GetAsync("api/sessions", CliJson.Default.SharedSessions, cancel);

    public Task DeleteAsync(string shareId, CancellationToken cancel) =>
        DeleteAsync($"api/sessions/{Uri.EscapeDataString(shareId)}", $"session {shareId}", cancel);

    /// <summary>Ends a workspace; one that is closed already stays so.</summary>
    public async Task CloseWorkspaceAsync(string shareId, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/sessions/{Uri.EscapeDataString(shareId)}/close");
        using HttpResponseMessage answer = await SendInTimeAsync(request, $"session {shareId}", cancel);
    }

    public Task<ApiKey> CreateKeyAsync(string name, CancellationToken cancel) =>
        PostAsync("api/keys", new NewKey(name), CliJson.Default.NewKey, CliJson.Default.ApiKey, "key", cancel);

    public Task<ApiKeys> KeysAsync(CancellationToken cancel) => GetAsync("api/keys", CliJson.Default.ApiKeys, cancel);

    public Task RevokeKeyAsync(string id, CancellationToken cancel) =>
        DeleteAsync($"api/keys/{Uri.EscapeDataString(id)}", $"key {id}", cancel);

    /// <summary>Adds entries to a live session; without any it says that its driver is there.</summary>
    /// <param name="shareId">The session.</param>
    /// <param name="append">JSON: <c>{"expectedSeq","entries"}</c>.</param>
    /// <param name="cancel">Leaves open whether they were added.</param>
    /// <exception cref="ServerFailure">Nobody answered, or the server said no; with <see cref="ServerFailure.LastSeq"/> where the session's end is elsewhere.</exception>
    public Task<AppendResult> AppendAsync(string shareId, ReadOnlyMemory<byte> append, CancellationToken cancel) =>
        SendJsonAsync(HttpMethod.Post, $"api/sessions/{Uri.EscapeDataString(shareId)}/messages", append, CliJson.Default.AppendResult, $"session {shareId}", cancel);

    /// <summary>Replaces an entry of a live session.</summary>
    /// <param name="shareId">The session.</param>
    /// <param name="seq">The entry's place.</param>
    /// <param name="entry">JSON, as <see cref="Core.Sessions.EntryJson"/> writes it.</param>
    /// <param name="cancel">Leaves open whether it was replaced.</param>
    public Task CorrectAsync(string shareId, int seq, ReadOnlyMemory<byte> entry, CancellationToken cancel) =>
        SendJsonAsync(HttpMethod.Put, $"api/sessions/{Uri.EscapeDataString(shareId)}/messages/{seq}", entry, CliJson.Default.AppendResult, $"session {shareId}", cancel);

    /// <summary>Changes what is left out of <paramref name="change"/> not at all.</summary>
    public async Task EditAsync(string shareId, SessionChange change, CancellationToken cancel)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(change, CliJson.Default.SessionChange);
        using HttpRequestMessage request = JsonRequest(HttpMethod.Patch, $"api/sessions/{Uri.EscapeDataString(shareId)}", body);
        using HttpResponseMessage answer = await SendInTimeAsync(request, $"session {shareId}", cancel);
    }

    public async Task<SessionFacts> SessionAsync(string shareId, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/sessions/{Uri.EscapeDataString(shareId)}");
        using HttpResponseMessage answer = await SendInTimeAsync(request, $"session {shareId}", cancel);
        return await ReadAsync(answer, CliJson.Default.SessionFacts, cancel);
    }

    /// <summary>The id of the session that the token opens as which this server is asked.</summary>
    public async Task<string> SessionOfTokenAsync(CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/token");
        using HttpResponseMessage answer = await SendInTimeAsync(request, "link of this token", cancel);
        return (await ReadAsync(answer, CliJson.Default.SessionOfToken, cancel)).ShareId;
    }

    /// <summary>Writes a session's bundle to a stream.</summary>
    /// <param name="shareId">The session.</param>
    /// <param name="output">Where to.</param>
    /// <param name="maxBytes">More is refused.</param>
    /// <param name="cancel">Breaks the connection.</param>
    public async Task BundleAsync(string shareId, Stream output, long maxBytes, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/sessions/{Uri.EscapeDataString(shareId)}/bundle");
        using HttpResponseMessage answer = await SendInTimeAsync(request, $"link {Address}s/{shareId}", cancel);
        if (answer.Content.Headers.ContentType?.MediaType != BundleWriter.MediaType)
            throw _errors.NotParley();
        try
        {
            await using Stream bundle = await answer.Content.ReadAsStreamAsync(cancel);
            var buffer = new byte[DownloadBuffer];
            for (long length = 0; await bundle.ReadAsync(buffer, cancel) is var read and > 0;)
            {
                length += read;
                if (length > maxBytes)
                    throw new Failure($"the session is larger than {maxBytes >> 30} GiB, and was not fetched.");
                await output.WriteAsync(buffer.AsMemory(0, read), cancel);
            }
        }
        catch (Exception e) when (e is HttpRequestException or HttpIOException)
        {
            throw _errors.NoAnswer(e.Message);
        }
    }

    /// <summary>Whether the server says that it is ready; false too while nobody listens.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancel)
    {
        try
        {
            using HttpResponseMessage answer = await _http.GetAsync("readyz", cancel);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>The version that a ready server tells.</summary>
    public async Task<string> VersionAsync(CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "readyz");
        using HttpResponseMessage answer = await SendInTimeAsync(request, "readyz", cancel);
        return answer.Headers.Server.FirstOrDefault()?.Product is { Name: "Parley", Version: { } version } ? version : throw _errors.NotParley();
    }

    /// <summary>Whether the caller may read a session.</summary>
    public async Task<bool> CanReadAsync(string shareId, CancellationToken cancel)
    {
        using HttpResponseMessage answer = await _http.GetAsync($"api/sessions/{Uri.EscapeDataString(shareId)}", cancel);
        return answer.IsSuccessStatusCode;
    }

    public void Dispose() => _http.Dispose();

    internal Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancel) => GetAsync(path, type, path, cancel);

    internal async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, string subject, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await SendAsync(request, type, subject, cancel);
    }

    internal async Task<byte[]> GetBytesAsync(string path, string subject, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using HttpResponseMessage answer = await SendInTimeAsync(request, subject, cancel);
        try
        {
            return await answer.Content.ReadAsByteArrayAsync(cancel);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw _errors.NoAnswer(e.Message);
        }
    }

    internal async Task<T> SendAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> type, string subject, CancellationToken cancel)
    {
        using HttpResponseMessage answer = await SendInTimeAsync(request, subject, cancel);
        return await ReadAsync(answer, type, cancel);
    }

    internal Task<TAnswer> PostAsync<TBody, TAnswer>(
        string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<TAnswer> answerType, string subject, CancellationToken cancel) =>
        SendJsonAsync(HttpMethod.Post, path, JsonSerializer.SerializeToUtf8Bytes(body, bodyType), answerType, subject, cancel);

    private async Task<T> SendJsonAsync<T>(
        HttpMethod method, string path, ReadOnlyMemory<byte> body, JsonTypeInfo<T> type, string subject, CancellationToken cancel)
    {
        using HttpRequestMessage request = JsonRequest(method, path, body);
        using HttpResponseMessage answer = await SendInTimeAsync(request, subject, cancel);
        return await ReadAsync(answer, type, cancel);
    }

    private static HttpRequestMessage JsonRequest(HttpMethod method, string path, ReadOnlyMemory<byte> body)
    {
        var content = new ReadOnlyMemoryContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return new HttpRequestMessage(method, path) { Content = content };
    }

    /// <summary>Asks for something that is told in server-sent events, until their end.</summary>
    /// <param name="path">What is asked for.</param>
    /// <param name="body">JSON.</param>
    /// <param name="heard">Is told each event's name and data.</param>
    /// <param name="subject">What it is in an error.</param>
    /// <param name="cancel">Breaks the connection.</param>
    internal async Task PostForEventsAsync(string path, ReadOnlyMemory<byte> body, EventHeard heard, string subject, CancellationToken cancel)
    {
        using HttpRequestMessage request = JsonRequest(HttpMethod.Post, path, body);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(EventsType));
        using HttpResponseMessage answer = await SendInTimeAsync(request, subject, cancel);
        if (answer.Content.Headers.ContentType?.MediaType != EventsType)
            throw _errors.NotParley();
        try
        {
            await using Stream events = await answer.Content.ReadAsStreamAsync(cancel);
            var parser = SseParser.Create(events, (name, data) =>
            {
                heard(name, data);
                return 0;
            });
            await foreach (SseItem<int> _ in parser.EnumerateAsync(cancel))
            {
                // It was told while it was read.
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw _errors.NoAnswer(e.Message);
        }
        catch (JsonException)
        {
            throw _errors.NotParley();
        }
    }

    /// <summary>That an answer has ended before its end.</summary>
    internal ServerFailure BrokenOff(string advice) => _errors.BrokenOff(advice);

    /// <summary>That the server has said no after it had begun to answer.</summary>
    internal ServerFailure Refused(Problem problem) => _errors.Refused(problem);

    internal async Task<TAnswer> PostAsync<TAnswer>(string path, JsonTypeInfo<TAnswer> answerType, string subject, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        using HttpResponseMessage answer = await SendInTimeAsync(request, subject, cancel);
        return await ReadAsync(answer, answerType, cancel);
    }

    /// <param name="path">What is deleted.</param>
    /// <param name="subject">What it is in an error: <c>session abc</c>, <c>key 3</c>.</param>
    /// <param name="cancel">Gives up waiting.</param>
    internal async Task DeleteAsync(string path, string subject, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, path);
        using HttpResponseMessage answer = await SendInTimeAsync(request, subject, cancel);
    }

    private async Task<HttpResponseMessage> SendInTimeAsync(HttpRequestMessage request, string subject, CancellationToken cancel)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timeout.CancelAfter(AnswerTimeout);
        try
        {
            return await SendAsync(request, subject, timeout.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw _errors.NoAnswer($"no answer within {AnswerTimeout.TotalSeconds} s");
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string subject, CancellationToken cancel)
    {
        HttpResponseMessage answer;
        try
        {
            answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        }
        catch (HttpRequestException e) when (e.InnerException is Failure failure)
        {
            throw failure;
        }
        catch (HttpRequestException e)
        {
            throw _errors.NoAnswer(e.HttpRequestError == HttpRequestError.ConnectionError ? null : e.InnerException?.Message ?? e.Message);
        }
        if (answer.IsSuccessStatusCode)
            return answer;
        using (answer)
            throw _errors.Refused(answer, await ProblemAsync(answer, cancel), subject);
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage answer, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        try
        {
            return JsonSerializer.Deserialize(await answer.Content.ReadAsByteArrayAsync(cancel), type) ?? throw new JsonException("null");
        }
        catch (JsonException)
        {
            throw _errors.NotParley();
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw _errors.NoAnswer(e.Message);
        }
    }

    private static async Task<Problem?> ProblemAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        try
        {
            return answer.Content.Headers.ContentType?.MediaType is "application/problem+json" or "application/json"
                ? JsonSerializer.Deserialize(await answer.Content.ReadAsByteArrayAsync(cancel), CliJson.Default.Problem)
                : null;
        }
        catch (Exception e) when (e is JsonException or HttpRequestException or IOException)
        {
            return null;
        }
    }
}

/// <summary>Hears a server-sent event.</summary>
internal delegate void EventHeard(string name, ReadOnlySpan<byte> data);
