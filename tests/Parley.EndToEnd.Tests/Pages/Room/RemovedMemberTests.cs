using Microsoft.Playwright;
using Parley.Core.Sessions;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Parley.EndToEnd.Tests.Pages.Room;

/// <summary>A member is removed while others look on, and while something of theirs waits.</summary>
public sealed class RemovedMemberTests(Site site)
{
    [Theory]
    [InlineData(MemberRole.Prompter)]
    [InlineData(MemberRole.Suggester)]
    public async Task What_waited_is_gone_from_every_page_and_nothing_of_it_runs(MemberRole role)
    {
        await using Workspace workspace = await Workspace.OpenAsync(site, $"removed-{role}", Entries.Conversation(2));
        IPage jacob = await workspace.OwnerAsync(), david = await workspace.MemberAsync("David", MemberRole.Suggester), sarah = await workspace.MemberAsync("Sarah", role);
        await PromptAsync(sarah, "@claude drop the old tables");
        foreach (IPage page in (IPage[])[jacob, david])
            await Expect(page.Locator(".turn")).ToContainTextAsync("drop the old tables");
        // In the middle of other words for it.
        await sarah.Locator(".turn").GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();

        await RemoveAsync(jacob, "Sarah");

        foreach (IPage page in (IPage[])[jacob, david])
        {
            await Expect(page.Locator(".turn")).ToHaveCountAsync(0);
            await Expect(page.Locator(".entry.event").Last).ToContainTextAsync("Sarah");
            await Expect(page.Locator("#crowd .sr")).ToHaveTextAsync("People: 2 of 2 here");
        }
        await Expect(sarah.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("This session is no longer shared");
        Assert.DoesNotContain("drop the old tables", await sarah.ContentAsync(), StringComparison.Ordinal);
        Assert.False(await workspace.TakeAsync(), "There is nothing to answer.");
        await sarah.ReloadAsync();
        await Expect(sarah.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("There is nothing here");

        await PromptAsync(jacob, "@claude list the tables");
        await Expect(david.Locator(".turn")).ToHaveCountAsync(1);
        Assert.True(await workspace.TakeAsync());
        await Expect(david.Locator(".entry.prompt").Last).ToContainTextAsync("list the tables");
        await Expect(david.GetByText("drop the old tables")).ToHaveCountAsync(0);
        await workspace.AssertQuietAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Where_anybody_may_read_they_read_on_as_anybody_does(bool isAway)
    {
        await using Workspace workspace = await Workspace.OpenAsync(site, $"removed-public-{isAway}", Entries.Conversation(2));
        await workspace.LetAnybodyReadAsync();
        IPage jacob = await workspace.OwnerAsync(), sarah = await workspace.MemberAsync("Sarah", MemberRole.Prompter);
        await PromptAsync(sarah, "@claude drop the old tables");
        await Expect(jacob.Locator(".turn")).ToHaveCountAsync(1);
        await sarah.Context.SetOfflineAsync(isAway);

        await RemoveAsync(jacob, "Sarah");

        await Expect(jacob.Locator(".turn")).ToHaveCountAsync(0);
        await sarah.Context.SetOfflineAsync(false);
        await Expect(sarah.Locator("#room")).ToHaveCountAsync(0);
        await Expect(sarah.GetByText("Question number 1")).ToBeVisibleAsync();
        await Expect(sarah.GetByText("drop the old tables")).ToHaveCountAsync(0);
        Assert.False(await workspace.TakeAsync(), "There is nothing to answer.");
        await workspace.AssertQuietAsync();
    }

    private static async Task PromptAsync(IPage page, string text)
    {
        await page.Locator("#text").FillAsync(text);
        await page.Keyboard.PressAsync("Control+Enter");
        await Expect(page.Locator(".pending")).ToHaveCountAsync(0);
    }

    private static async Task RemoveAsync(IPage owner, string name)
    {
        await owner.Locator("#crowd").ClickAsync();
        ILocator member = owner.Locator("#panel .ways li", new() { HasText = name });
        await member.GetByText("Change").ClickAsync();
        await member.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Expect(member).ToHaveCountAsync(0);
        await owner.Keyboard.PressAsync("Escape");
    }
}
