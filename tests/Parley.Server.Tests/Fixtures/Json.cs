using System.Net.Http.Json;
using System.Text.Json;

namespace Parley.Server.Tests.Fixtures;

public static class Json
{
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage answer) => await answer.Content.ReadFromJsonAsync<JsonElement>();

    public static async Task<JsonElement> JsonAsync(this HttpClient client, string path)
    {
        using HttpResponseMessage answer = await client.GetAsync(path);
        answer.EnsureSuccessStatusCode();
        return await answer.JsonAsync();
    }

    public static string Text(this JsonElement json, string name) => json.GetProperty(name).GetString()!;

    public static long Number(this JsonElement json, string name) => json.GetProperty(name).GetInt64();

    /// <summary>The texts of a session's messages, as the API gives them.</summary>
    public static async Task<string[]> TextsAsync(this HttpClient client, string id, string query = "")
    {
        JsonElement page = await client.JsonAsync($"/api/sessions/{id}/messages{query}");
        return [.. page.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("blocks")[0].Text("text"))];
    }

    /// <summary>Asserts that an answer is problem details of a status, and gives what it says.</summary>
    public static async Task<string> ProblemAsync(this HttpResponseMessage answer, int status)
    {
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        JsonElement problem = await answer.JsonAsync();
        Assert.Equal(status, problem.Number("status"));
        return problem.TryGetProperty("detail", out JsonElement detail) ? detail.GetString()! : "";
    }
}
