using System.Buffers;
using System.Text;
using System.Text.Json;
using Parley.Core.Sessions;
using Xunit;

namespace Parley.EndToEnd.Tests.Pages.Live;

/// <summary>A session that goes on, from its author's side.</summary>
internal sealed class LiveSession : IDisposable
{
    private readonly HttpClient _client;
    private readonly string _api;

    private LiveSession(HttpClient client, string page)
    {
        (_client, Page) = (client, page);
        _api = page.Replace("/s/", "/api/sessions/", StringComparison.Ordinal);
    }

    /// <summary>The address of its page.</summary>
    public string Page { get; }

    /// <summary>The seq of its newest entry.</summary>
    public long LastSeq { get; private set; }

    public static async Task<LiveSession> StartAsync(Site site, IEnumerable<Entry>? entries = null, string? address = null, string title = "A session")
    {
        Entry[] first = [.. entries ?? []];
        string page = await site.ShareAsync(first, new SessionHeader { Title = title, Project = "tidewatch" }, address, "?live=true");
        return new LiveSession(site.ClientOf(address ?? site.Address), page) { LastSeq = first.Length };
    }

    public async Task AppendAsync(params IEnumerable<Entry> entries)
    {
        string body = $$"""{"expectedSeq":{{LastSeq}},"entries":[{{string.Join(',', entries.Select(Json))}}]}""";
        JsonElement answer = await SendAsync(HttpMethod.Post, "/messages", body);
        LastSeq = answer.GetProperty("lastSeq").GetInt64();
    }

    public Task CorrectAsync(long seq, Entry entry) => SendAsync(HttpMethod.Put, $"/messages/{seq}", Json(entry));

    public Task RewindAsync(long from, long to) => AppendAsync(Entries.Of(Role.Event, new { type = "rewound", fromSeq = from, toSeq = to }));

    public Task SayAsync(string text) => SendAsync(HttpMethod.Post, "/deltas", JsonSerializer.Serialize(new { text }));

    public Task EndAsync() => SendAsync(HttpMethod.Patch, "", """{"live":false}""");

    public Task DeleteAsync() => SendAsync(HttpMethod.Delete, "", null);

    /// <summary>Makes a token for it.</summary>
    public async Task<(string Page, string ShareId)> ShareTokenAsync()
    {
        JsonElement shared = await SendAsync(HttpMethod.Post, "/share", """{"token":{}}""");
        return (shared.GetProperty("url").GetString()!, shared.GetProperty("shareId").GetString()!);
    }

    /// <summary>Takes a token back; "link" for its link.</summary>
    public Task UnshareAsync(string shareId) => SendAsync(HttpMethod.Delete, $"/shares/{shareId}", null);

    public void Dispose() => _client.Dispose();

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, string? json)
    {
        using var request = new HttpRequestMessage(method, _api + path) { Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json") };
        using HttpResponseMessage answer = await _client.SendAsync(request);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{method} {path}: {(int)answer.StatusCode} {text}");
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }

    private static string Json(Entry entry)
    {
        var json = new ArrayBufferWriter<byte>();
        EntryJson.Write(json, entry);
        return Encoding.UTF8.GetString(json.WrittenSpan);
    }
}
