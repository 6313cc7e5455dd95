using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Parley.EndToEnd.Tests.Pages;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Parley.EndToEnd.Tests.ClaudeCode;

/// <summary>
/// The whole of it: somebody says in the real client who else is to come, and the three go on in browsers with an agent that knows the conversation
/// and what was shared.
/// </summary>
public sealed partial class WorkspaceStoryTests(Workstation machine, Site site)
{
    private static readonly BrowserNewContextOptions Phone = new() { ViewportSize = new() { Width = 390, Height = 844 }, HasTouch = true, IsMobile = true };

    [Fact]
    public async Task Three_people_and_the_agent_go_on_with_what_one_of_them_began()
    {
        await machine.RequireAsync();
        string project = machine.NewProject();
        Directory.CreateDirectory(Path.Combine(project, "service"));
        await File.WriteAllTextAsync(
            Path.Combine(project, "service", "note-sharing-service.ts"), "export const where = { principal: email, principalType: \"EMAIL\" };\n", TestContext.Current.CancellationToken);
        machine.Model.Script("trace", Turn.Says("Found it. getHashtagGrantsFor filters by principal: email."));
        machine.Model.Script(
            "bring",
            Turn.CallsParley("share_chat", new JsonObject
            {
                ["recipients"] = new JsonArray("sarah@example.org", "david@example.org"),
                ["context"] = new JsonObject { ["files"] = new JsonArray("service"), ["mcps"] = new JsonArray(), ["memory"] = false },
                ["mode"] = "multiplayer",
            }),
            Turn.Says("Done. Shared with Sarah and David."));
        machine.Model.Script(
            "same",
            Turn.Calls("search_files", new JsonObject { ["pattern"] = "principal: email" }, "Let me look."),
            Turn.Says("Yes, the same bug pattern."));

        await using (var client = new Conversation(machine, project))
        {
            await client.SayAsync("Why is our visibility query missing notes? [[trace]]");
            Assert.Equal("Done. Shared with Sarah and David.", await client.SayAsync("Share this with sarah@example.org and david@example.org, let them see service/, not my Linear [[bring]]"));
            await client.EndAsync();
        }
        string told = machine.Model.ResultsOf("bring");
        string id = Room().Match(told).Groups[1].Value;
        string[] invitations = [.. Invitation().Matches(told).Select(match => match.Value).Distinct()];
        Assert.Equal(2, invitations.Length);

        await using WatchedPage owner = await OwnerAsync(id), sarahs = await JoinAsync(invitations[0], "Sarah"), davids = await JoinAsync(invitations[1], "David", Phone);
        IPage jacob = owner.Page, sarah = sarahs.Page, david = davids.Page;
        await Expect(jacob.Locator("#crowd .sr")).ToHaveTextAsync("People: 3 of 3 here");
        await Expect(jacob.Locator("#entries")).ToContainTextAsync("Sarah joined");
        foreach (IPage page in (IPage[])[jacob, sarah, david])
            await Expect(page.Locator("#entries")).ToContainTextAsync("Found it. getHashtagGrantsFor filters by");

        await sarah.Locator("#text").FillAsync("Oh yeah this is what I was seeing. @Claude is there a similar bug? [[same]]");
        await sarah.Keyboard.PressAsync("Control+Enter");
        foreach (IPage page in (IPage[])[jacob, sarah, david])
        {
            await Expect(page.Locator(".entry.prompt[data-author=Sarah]")).ToContainTextAsync("Oh yeah this is what I was seeing.");
            await Expect(page.Locator("#entries")).ToContainTextAsync("Yes, the same bug pattern.");
        }
        Assert.Contains("note-sharing-service.ts", machine.Model.ResultsOf("same"));

        await david.Locator("#text").PressSequentiallyAsync("option 2 plus");
        await Expect(jacob.Locator("#typing")).ToContainTextAsync("David is typing");
        await david.Locator("#text").FillAsync("@Sarah option 2 plus a regression test");
        await david.GetByRole(AriaRole.Radio, new() { Name = "Others" }).CheckAsync();
        await david.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await Expect(sarah.Locator(".entry.talk.mentions-me")).ToContainTextAsync("option 2 plus a regression test");

        await sarah.Locator("#text").FillAsync("/context");
        await sarah.Keyboard.PressAsync("Control+Enter");
        await Expect(sarah.Locator("#panel")).ToContainTextAsync("service");
        await jacob.Locator("#crowd").ClickAsync();
        ILocator row = jacob.Locator("#panel li", new() { HasText = "David" });
        await row.GetByText("Change").ClickAsync();
        await row.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Expect(david.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("This session is no longer shared");
        await Expect(sarah.Locator("#entries")).ToContainTextAsync("David was removed");
    }

    private async Task<WatchedPage> OwnerAsync(string id)
    {
        using var client = new HttpClient { BaseAddress = new Uri(machine.Server.Address), DefaultRequestHeaders = { Authorization = new("Bearer", machine.Server.Key) } };
        using HttpResponseMessage named = await client.PatchAsJsonAsync("/api/account", new { name = "Jacob" });
        using HttpResponseMessage answer = await client.PostAsync("/api/sign-in-links", null);
        string link = (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["url"]!;
        WatchedPage page = await site.OpenAsync($"{link}?to={Uri.EscapeDataString($"/c/{id}")}");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.Page.Locator("#room[data-ready]").WaitForAsync();
        return page;
    }

    private async Task<WatchedPage> JoinAsync(string invitation, string name, BrowserNewContextOptions? looks = null)
    {
        WatchedPage page = await site.OpenAsync(invitation, looks);
        await page.Page.GetByLabel("What shall the others call you?").FillAsync(name);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Join" }).ClickAsync();
        await page.Page.Locator("#room[data-ready]").WaitForAsync();
        return page;
    }

    [GeneratedRegex("/c/([A-Za-z0-9]{12})")]
    private static partial Regex Room();

    [GeneratedRegex(@"http://[^\s""\\)]+/i/[A-Za-z0-9_-]+")]
    private static partial Regex Invitation();
}
