using System.Text.Json;

namespace Parley.Server.Tests.Fixtures;

/// <summary>Someone who watches a session: reads its server-sent events one at a time.</summary>
public sealed class Watcher : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpResponseMessage _answer;
    private readonly StreamReader _lines;

    private Watcher(HttpResponseMessage answer, StreamReader lines) => (_answer, _lines) = (answer, lines);

    /// <summary>The id of the last event that had one.</summary>
    public long LastId { get; private set; }

    /// <summary>The last revision that an event told.</summary>
    public long Revision { get; private set; }

    public HttpResponseMessage Answer => _answer;

    public static Task<Watcher> OpenAsync(HttpClient client, string id, string query = "", long? lastEventId = null) =>
        OpenAtAsync(client, $"/api/sessions/{id}/events{query}", lastEventId);

    /// <summary>Someone who reads any other stream of events.</summary>
    public static async Task<Watcher> OpenAtAsync(HttpClient client, string path, long? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is { } last)
            request.Headers.Add("Last-Event-ID", $"{last}");
        HttpResponseMessage answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        return new Watcher(answer, new StreamReader(await answer.Content.ReadAsStreamAsync()));
    }

    /// <summary>The next event or comment; null at the stream's end.</summary>
    public async Task<WatchedEvent?> NextAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        string name = "", data = "";
        long? id = null;
        while (await _lines.ReadLineAsync(patience.Token) is { } line)
        {
            if (line == "")
                return Note(new WatchedEvent(name, data, id));
            (string field, string value) = line.Split(": ", 2) is [var f, var v] ? (f, v) : (line, "");
            (name, data, id) = field switch
            {
                "event" => (value, data, id),
                "data" => (name, value, id),
                "id" => (name, data, long.Parse(value)),
                _ => (name, data, id),
            };
        }
        return null;
    }

    /// <summary>The next event of this name; what comes between is passed over.</summary>
    public async Task<WatchedEvent> NextAsync(string name)
    {
        while (await NextAsync() is { } next)
        {
            if (next.Name == name)
                return next;
        }
        throw new EndOfStreamException($"The stream ended before '{name}'.");
    }

    /// <summary>The names of all events up to the stream's end, comments aside.</summary>
    public async Task<List<string>> NamesToEndAsync()
    {
        List<string> names = [];
        while (await NextAsync() is { } next)
        {
            if (next.Name != "")
                names.Add(next.Name);
        }
        return names;
    }

    public void Dispose()
    {
        _lines.Dispose();
        _answer.Dispose();
    }

    private WatchedEvent Note(WatchedEvent next)
    {
        LastId = next.Id ?? LastId;
        if (next.Name == "corrected")
            Revision = next.Json.Number("revision");
        return next;
    }
}

/// <summary>One server-sent event; a comment has no name.</summary>
public sealed record WatchedEvent(string Name, string Data, long? Id)
{
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Data);

    /// <summary>The text of the entry's first block.</summary>
    public string Text => Json.GetProperty("blocks")[0].Text("text");
}
