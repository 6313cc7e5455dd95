using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Parley.EndToEnd.Tests.ClaudeCode;

/// <summary>Letting people join from within the real client, whose model is scripted.</summary>
public sealed class ShareChatTests(Workstation machine)
{
    [Fact]
    public async Task What_is_said_in_the_session_lets_two_people_join_with_one_folder()
    {
        await machine.RequireAsync();
        string project = machine.NewProject();
        Directory.CreateDirectory(Path.Combine(project, "service"));
        await File.WriteAllTextAsync(Path.Combine(project, "service", "search.ts"), "export const search = 1;", TestContext.Current.CancellationToken);
        machine.Model.Script(
            "join",
            Turn.CallsParley("share_chat", new JsonObject
            {
                ["recipients"] = new JsonArray("sarah@example.org", "david@example.org"),
                ["context"] = new JsonObject { ["files"] = new JsonArray("service"), ["mcps"] = new JsonArray(), ["memory"] = false },
                ["mode"] = "multiplayer",
            }),
            Turn.Says("They can join."));

        Assert.Equal("They can join.", await machine.PrintAsync(project, "Share this with sarah@example.org and david@example.org, let them see service/, not my Linear [[join]]"));

        string result = machine.Model.ResultsOf("join");
        string id = System.Text.RegularExpressions.Regex.Match(result, "/c/([A-Za-z0-9]{12})").Groups[1].Value;
        using var owner = new HttpClient { BaseAddress = new Uri(machine.Server.Address), DefaultRequestHeaders = { Authorization = new("Bearer", machine.Server.Key) } };
        JsonElement session = await owner.GetFromJsonAsync<JsonElement>($"/api/sessions/{id}", TestContext.Current.CancellationToken);
        Assert.Equal("open", session.GetProperty("workspace").GetString());
        string messages = await owner.GetStringAsync($"/api/sessions/{id}/messages", TestContext.Current.CancellationToken);
        Assert.Contains("let them see service/", messages);
        Assert.Contains("1 files in service", result);
    }

    [Fact]
    public async Task The_skill_says_how_people_join()
    {
        await machine.RequireAsync();
        machine.Model.Script("skill-join", Turn.Says("To whom?"));

        await machine.PrintAsync(machine.NewProject(), "/sessions-share with ana@example.org [[skill-join]]");

        Assert.Contains("share_chat", machine.Model.RequestsOf("skill-join")[0].ToJsonString());
    }
}
