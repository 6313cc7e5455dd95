using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Parley.Server.Tests.Fixtures;

/// <summary>Promotions, asked for over HTTP.</summary>
public static class Promotions
{
    public static Task<HttpResponseMessage> PromoteAsync(this HttpClient client, string id, object request) =>
        client.PostAsJsonAsync($"/api/sessions/{id}/share", request);

    /// <summary>Promotes a session; what the server answers.</summary>
    public static async Task<JsonElement> PromotedAsync(this HttpClient client, string id, object request)
    {
        using HttpResponseMessage answer = await client.PromoteAsync(id, request);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.JsonAsync();
    }

    /// <summary>Asks for the events of a promotion, as far as they come.</summary>
    public static async Task<List<(string Name, JsonElement Data)>> PromotionEventsAsync(this HttpClient client, string id, object request)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, $"/api/sessions/{id}/share") { Content = JsonContent.Create(request) };
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using HttpResponseMessage answer = await client.SendAsync(message);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        string text = await answer.Content.ReadAsStringAsync();
        return [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(Parse)];
    }

    public static string[] Steps(this JsonElement answer) => [.. answer.GetProperty("steps").EnumerateArray().Select(step => step.Text("step"))];

    public static string[] Outcomes(this JsonElement answer) =>
        [.. answer.GetProperty("invited").EnumerateArray().Select(person => $"{person.Text("email")} {person.Text("outcome")}")];

    private static (string, JsonElement) Parse(string frame)
    {
        string[] lines = frame.Split('\n');
        return (lines[0]["event: ".Length..], JsonSerializer.Deserialize<JsonElement>(lines[1]["data: ".Length..]));
    }
}
