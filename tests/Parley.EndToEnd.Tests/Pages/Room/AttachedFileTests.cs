using System.Security.Cryptography;
using Microsoft.Playwright;
using Parley.Core.Sessions;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Parley.EndToEnd.Tests.Pages.Room;

/// <summary>Files of the context that go with a prompt, from the folder that is picked to what the others see.</summary>
public sealed class AttachedFileTests(Site site) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("service-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_file_goes_with_a_prompt_and_the_others_see_it_while_one_with_a_secret_is_not_even_offered()
    {
        await using Workspace workspace = await Workspace.OpenAsync(site, "attach", Entries.Conversation(2));
        IPage jacob = await workspace.OwnerAsync(), sarah = await workspace.MemberAsync("Sarah", MemberRole.Prompter);
        Write("test.env", $"GITHUB_TOKEN=ghp_{RandomNumberGenerator.GetString("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", 36)}\n");
        await ShareFolderAsync(jacob, "Members");
        await Expect(jacob.Locator(".left-out")).ToContainTextAsync("test.env holds what looks like a secret");

        await sarah.GetByRole(AriaRole.Button, new() { Name = "Attach a file" }).ClickAsync();
        await Expect(sarah.Locator(".file-choice")).ToHaveTextAsync([$"{_folder.Name}/src/filter.ts", $"{_folder.Name}/src/search.ts"]);
        await sarah.GetByRole(AriaRole.Searchbox, new() { Name = "Find a file" }).FillAsync("search");
        await sarah.Keyboard.PressAsync("Enter");
        await Expect(sarah.Locator(".composer .attached")).ToHaveTextAsync("src/search.ts×");
        await sarah.Locator("#text").FillAsync("Why is this slow?");
        await sarah.Keyboard.PressAsync("Control+Enter");

        await Expect(jacob.Locator(".turn .attached")).ToHaveTextAsync("src/search.ts");
        await Expect(sarah.Locator(".composer .attached")).ToBeHiddenAsync();
        Assert.True(await workspace.TakeAsync());
        foreach (IPage page in (IPage[])[jacob, sarah])
            await Expect(page.Locator(".entry.prompt").Last).ToContainTextAsync($"Attached: {_folder.Name}/src/search.ts");
        await workspace.AssertQuietAsync();
    }

    [Fact]
    public async Task A_file_that_was_taken_back_meanwhile_does_not_go_and_its_sender_is_told()
    {
        await using Workspace workspace = await Workspace.OpenAsync(site, "attach-late", Entries.Conversation(2));
        IPage jacob = await workspace.OwnerAsync(), sarah = await workspace.MemberAsync("Sarah", MemberRole.Prompter);
        await ShareFolderAsync(jacob, "Members");
        await AttachAsync(sarah, "search.ts");

        await jacob.Locator("#panel").GetByRole(AriaRole.Button, new() { Name = "Private" }).ClickAsync();
        await Expect(jacob.Locator("#status")).ToHaveTextAsync("Changed");
        await sarah.Locator("#text").FillAsync("Why is this slow?");
        await sarah.Keyboard.PressAsync("Control+Enter");

        await Expect(sarah.Locator(".pending .state")).ToHaveTextAsync("Not sent: Claude may not use a file that is attached (any more). Send it without that file.");
        await sarah.Locator(".pending").GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await Expect(sarah.Locator("#text")).ToHaveValueAsync("Why is this slow?");
        await sarah.GetByRole(AriaRole.Button, new() { Name = "Do not attach src/search.ts" }).ClickAsync();
        await sarah.Keyboard.PressAsync("Control+Enter");
        await Expect(jacob.Locator(".turn")).ToContainTextAsync("Why is this slow?");
        await Expect(jacob.Locator(".turn .attached")).ToHaveCountAsync(0);
        await workspace.AssertQuietAsync();
    }

    [Fact]
    public async Task What_the_agent_may_not_use_is_offered_to_nobody_nor_what_members_may_not_open_to_them()
    {
        await using Workspace workspace = await Workspace.OpenAsync(site, "attach-none", Entries.Conversation(2));
        IPage jacob = await workspace.OwnerAsync(), sarah = await workspace.MemberAsync("Sarah", MemberRole.Prompter);
        await ShareFolderAsync(jacob, "Private");
        await jacob.Keyboard.PressAsync("Escape");

        await jacob.Keyboard.PressAsync("Alt+KeyA");
        await Expect(jacob.Locator("#typing")).ToHaveTextAsync("No files are shared here that you may open.");
        await SetAsync(jacob, "Agent");
        await jacob.Keyboard.PressAsync("Escape");
        await sarah.Keyboard.PressAsync("Alt+KeyA");
        await Expect(sarah.Locator("#typing")).ToHaveTextAsync("No files are shared here that you may open.");

        await AttachAsync(jacob, "search.ts");
        await workspace.AssertQuietAsync();
    }

    [Fact]
    public async Task A_file_goes_to_the_agent_alone_and_is_kept_while_something_is_said_to_the_others()
    {
        await using Workspace workspace = await Workspace.OpenAsync(site, "attach-note", Entries.Conversation(2));
        IPage jacob = await workspace.OwnerAsync();
        ILocator attached = jacob.Locator(".composer .attached");
        await ShareFolderAsync(jacob, "Members");
        await jacob.Keyboard.PressAsync("Escape");
        await jacob.GetByRole(AriaRole.Radio, new() { Name = "Tell the others" }).CheckAsync();

        await AttachAsync(jacob, "search.ts");
        await Expect(jacob.GetByRole(AriaRole.Radio, new() { Name = "Ask Claude" })).ToBeCheckedAsync();
        await jacob.GetByRole(AriaRole.Radio, new() { Name = "Tell the others" }).CheckAsync();
        await Expect(attached).ToBeHiddenAsync();
        await jacob.Locator("#text").FillAsync("One moment");
        await jacob.Keyboard.PressAsync("Control+Enter");
        await Expect(jacob.Locator(".entry.talk:not(.pending)")).ToContainTextAsync("One moment");

        await jacob.GetByRole(AriaRole.Radio, new() { Name = "Ask Claude" }).CheckAsync();
        await Expect(attached).ToHaveTextAsync("src/search.ts×");
        await jacob.Locator("#text").FillAsync("Why is this slow?");
        await jacob.Keyboard.PressAsync("Control+Enter");
        await Expect(jacob.Locator(".turn .attached")).ToHaveTextAsync("src/search.ts");
        await workspace.AssertQuietAsync();
    }

    [Fact]
    public async Task A_file_that_waits_to_go_is_kept_with_the_draft()
    {
        await using Workspace workspace = await Workspace.OpenAsync(site, "attach-reload", Entries.Conversation(2));
        IPage jacob = await workspace.OwnerAsync();
        ILocator attached = jacob.Locator(".composer .attached");
        await ShareFolderAsync(jacob, "Members");
        await jacob.Keyboard.PressAsync("Escape");
        await AttachAsync(jacob, "search.ts");
        await jacob.Locator("#text").FillAsync("Why is this slow?");

        await jacob.ReloadAsync();
        await Expect(attached).ToHaveTextAsync("src/search.ts×");
        await jacob.Locator("#text").FocusAsync();
        await jacob.Keyboard.PressAsync("Control+Enter");
        await Expect(jacob.Locator(".turn .attached")).ToHaveTextAsync("src/search.ts");
        await jacob.ReloadAsync();

        await Expect(jacob.Locator(".turn .attached")).ToHaveTextAsync("src/search.ts");
        await Expect(attached).ToBeHiddenAsync();
        await workspace.AssertQuietAsync();
    }

    // By the panel over the room, as its owner does it.
    private async Task ShareFolderAsync(IPage owner, string permission)
    {
        Write("src/search.ts", "export const search = 1;\n");
        Write("src/filter.ts", "export const filter = 1;\n");
        await OpenContextAsync(owner);
        await owner.Locator("#panel input[type=file]").SetInputFilesAsync(_folder.FullName);
        await Expect(owner.Locator("#panel .progress")).ToContainTextAsync("is here with 2 of");
        await ChooseAsync(owner, permission);
    }

    private static async Task SetAsync(IPage owner, string permission)
    {
        await OpenContextAsync(owner);
        await ChooseAsync(owner, permission);
    }

    private static async Task OpenContextAsync(IPage owner)
    {
        await owner.Locator("#text").FillAsync("/context");
        await owner.Keyboard.PressAsync("Control+Enter");
        await Expect(owner.Locator("#panel")).ToContainTextAsync("Conversation");
    }

    private static async Task ChooseAsync(IPage owner, string permission)
    {
        ILocator choice = owner.Locator("#panel").GetByRole(AriaRole.Button, new() { Name = permission, Exact = true });
        await choice.ClickAsync();
        await Expect(choice).ToHaveAttributeAsync("aria-pressed", "true");
    }

    private static async Task AttachAsync(IPage page, string part)
    {
        await page.GetByRole(AriaRole.Button, new() { Name = "Attach a file" }).ClickAsync();
        await page.GetByRole(AriaRole.Searchbox, new() { Name = "Find a file" }).FillAsync(part);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".composer .attached")).ToContainTextAsync(part);
    }

    private void Write(string path, string text)
    {
        string full = Path.Combine(_folder.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
