using System.Buffers;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Parley.Core.Sessions;

namespace Parley.Server.Tests.Fixtures;

/// <summary>What a session's driver sends.</summary>
public static class Driver
{
    public static Task<HttpResponseMessage> AppendAsync(this HttpClient driver, string id, long expectedSeq, params Entry[] entries) =>
        driver.PostAsync($"/api/sessions/{id}/messages", Content($"{{\"expectedSeq\":{expectedSeq},\"entries\":[{string.Join(",", entries.Select(Json))}]}}"));

    /// <summary>Appends, and gives the answer's body.</summary>
    public static async Task<JsonElement> AppendedAsync(this HttpClient driver, string id, long expectedSeq, params Entry[] entries)
    {
        using HttpResponseMessage answer = await driver.AppendAsync(id, expectedSeq, entries);
        answer.EnsureSuccessStatusCode();
        return await answer.JsonAsync();
    }

    public static Task<HttpResponseMessage> CorrectAsync(this HttpClient driver, string id, long seq, Entry entry) =>
        driver.PutAsync($"/api/sessions/{id}/messages/{seq}", Content(Json(entry)));

    public static async Task<HttpResponseMessage> SayAsync(this HttpClient driver, string id, string text) =>
        (await driver.PostAsync($"/api/sessions/{id}/deltas", Content(JsonSerializer.Serialize(new { text })))).EnsureSuccessStatusCode();

    public static async Task EndAsync(this HttpClient driver, string id) =>
        (await driver.PatchAsync($"/api/sessions/{id}", Content("{\"live\":false}"))).EnsureSuccessStatusCode().Dispose();

    public static StringContent Content(string json) => new(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));

    public static string Json(Entry entry)
    {
        var json = new ArrayBufferWriter<byte>();
        EntryJson.Write(json, entry);
        return Encoding.UTF8.GetString(json.WrittenSpan);
    }
}
