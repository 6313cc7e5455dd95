using Parley.EndToEnd.Tests.ClaudeCode;
using Parley.EndToEnd.Tests.Command;
using Xunit;

namespace Parley.EndToEnd.Tests.Transfers;

/// <summary>The full-screen browser of what is offered, on a real terminal.</summary>
public sealed class BrowserTests : IAsyncDisposable
{
    private readonly Pair _pair = new();
    private SendProcess? _sender;
    private TerminalSession? _terminal;

    public BrowserTests() => Assert.SkipUnless(File.Exists("/usr/bin/tmux"), "This test needs tmux.");

    [Fact]
    public async Task Sessions_are_listed_with_the_conversation_of_the_one_where_the_person_is()
    {
        _pair.New().Title("Tide tables").Prompt("When is high water in Brest?").Answer("At six in the evening.").Save();
        _pair.New().Title("Harbour lights").Prompt("Which light blinks?").Answer("The green one.").Save(minutesOld: 5);
        TerminalSession terminal = await OpenAsync(80, 24);
        string screen = await terminal.SeesAsync("At six in the evening.");
        Assert.Contains("2 of 2 sessions", screen);
        Assert.Matches(@"›\s+Tide tables  tidewatch  main", screen);
        Assert.Contains("› When is high water in Brest?", screen);
        Assert.Contains("Enter take", screen);
        await terminal.PressAsync("Down");
        await terminal.SeesAsync("The green one.");
        await terminal.PressAsync("Enter");
        await terminal.EndsAsync();
        Assert.Equal("Harbour lights", Assert.Single(await _pair.ReceivedAsync()).GetProperty("title").GetString());
    }

    [Fact]
    public async Task What_is_typed_narrows_the_list_down_and_Escape_widens_it()
    {
        _pair.New().Title("Tide tables").Prompt("x").Answer("y").Save();
        _pair.New().Title("Harbour lights").Prompt("x").Answer("y").Save(minutesOld: 5);
        TerminalSession terminal = await OpenAsync(80, 24);
        await terminal.WriteAsync("light");
        Assert.DoesNotContain("Tide tables", await terminal.SeesAsync("1 of 2 sessions"));
        await terminal.WriteAsync("x");
        await terminal.SeesAsync("Nothing is found.");
        await terminal.PressAsync("BSpace");
        await terminal.SeesAsync("1 of 2 sessions");
        await terminal.PressAsync("Escape");
        Assert.Contains("Tide tables", await terminal.SeesAsync("2 of 2 sessions"));
        await terminal.PressAsync("Escape");
        Assert.Contains("nothing was taken", await terminal.EndsAsync());
    }

    [Fact]
    public async Task What_is_marked_is_taken_together()
    {
        foreach (int n in Enumerable.Range(1, 3))
            _pair.New().Title($"Number {n}").Prompt("x").Answer("y").Save(minutesOld: n);
        TerminalSession terminal = await OpenAsync(80, 24);
        await terminal.PressAsync("Tab");
        await terminal.SeesAsync("1 marked");
        await terminal.PressAsync("Down", "Tab");
        await terminal.SeesAsync("2 marked");
        await terminal.PressAsync("Enter");
        await terminal.EndsAsync();
        Assert.Equal(["Number 1", "Number 3"], (await _pair.ReceivedAsync()).Select(session => session.GetProperty("title").GetString()).Order());
    }

    [Theory]
    [InlineData(160, 40)]
    [InlineData(40, 10)]
    [InlineData(20, 5)]
    public async Task It_follows_the_size_of_the_terminal(int width, int height)
    {
        _pair.New().Title("Tide tables").Prompt("When is high water?").Answer("At six.").Save();
        TerminalSession terminal = await OpenAsync(80, 24);
        await terminal.ResizeAsync(width, height);
        await terminal.SeesUntilAsync(screen =>
        {
            string[] lines = screen.TrimEnd('\n').Split('\n');
            return lines.Length == height && lines[^1].Contains("↑↓ choose") && lines[2].Contains("Tide") && lines.Any(line => line.Contains(" │ ")) == width > 110;
        });
    }

    [Fact]
    public async Task Nothing_that_a_stranger_wrote_steers_the_terminal()
    {
        const string clear = "\u001b[2J\u001b]0;owned\u0007\u009b31m";
        _pair.New().Title($"Title {clear}end").Prompt($"Prompt {clear}end\u202egnol").Answer($"Answer {clear}end\r\nnext").Save();
        TerminalSession terminal = await OpenAsync(80, 24);
        string screen = await terminal.SeesAsync("next");
        Assert.Contains("Title [2J]0;owned31mend", screen);
        Assert.Contains("Prompt [2J]0;owned31mendgnol", screen);
        Assert.Contains("Answer [2J]0;owned31mend", screen);
        Assert.DoesNotContain("owned", await terminal.TitleAsync());
    }

    [Theory]
    [InlineData("C-c", "130")]
    [InlineData("Escape", "1")]
    public async Task The_terminal_is_given_back_as_it_was(string key, string exitCode)
    {
        _pair.New().Title("Tide tables").Prompt("x").Answer("y").Save();
        TerminalSession terminal = await OpenAsync(80, 24);
        await terminal.PressAsync(key);
        await terminal.EndsAsync();
        await terminal.TypeAsync("echo code $?; stty -a | tr ' ' '\\n' | grep -x echo");
        string screen = await terminal.SeesAsync("\necho\n");
        Assert.Contains($"code {exitCode}", screen);
        Assert.DoesNotContain("Search:", screen);
        Assert.Equal("0 1 1", await terminal.ShowAsync("#{alternate_on} #{cursor_flag} #{wrap_flag}"));
    }

    [Fact]
    public async Task Ctrl_z_does_not_leave_half_a_screen_behind()
    {
        _pair.New().Title("Tide tables").Prompt("x").Answer("y").Save();
        TerminalSession terminal = await OpenAsync(80, 24);
        await terminal.PressAsync("C-z");
        await terminal.WriteAsync("tide");
        await terminal.SeesAsync("Search: tide");
        await terminal.PressAsync("Enter");
        await terminal.EndsAsync();
        Assert.Single(await _pair.ReceivedAsync());
    }

    [Fact]
    public async Task A_sender_that_goes_while_somebody_browses_gives_the_terminal_back()
    {
        _pair.New().Title("Tide tables").Prompt("x").Answer("y").Save();
        _pair.New().Title("Harbour lights").Prompt("x").Answer("y").Save(minutesOld: 5);
        TerminalSession terminal = await OpenAsync(80, 24);
        await terminal.SeesAsync("› x");
        await _sender!.StopAsync();
        await terminal.PressAsync("Down");
        Assert.Contains("parley: ", await terminal.EndsAsync());
        Assert.Equal("0 1 1", await terminal.ShowAsync("#{alternate_on} #{cursor_flag} #{wrap_flag}"));
    }

    [Fact]
    public async Task Many_sessions_scroll()
    {
        foreach (int n in Enumerable.Range(1, 60))
            _pair.New().Title($"Number {n:00}.").Prompt("x").Answer("y").Save(minutesOld: n);
        TerminalSession terminal = await OpenAsync(80, 24);
        await terminal.PressAsync("End");
        Assert.DoesNotContain("Number 01.", await terminal.SeesAsync("Number 60."));
        await terminal.PressAsync("Home");
        await terminal.SeesAsync("Number 01.");
    }

    public async ValueTask DisposeAsync()
    {
        if (_terminal is not null)
            await _terminal.DisposeAsync();
        _sender?.Dispose();
        _pair.Dispose();
    }

    // A shell in which the receiver has run up to the browser.
    private async Task<TerminalSession> OpenAsync(int width, int height)
    {
        _sender = await SendProcess.StartAsync(_pair.Sender, "all");
        _terminal = await TerminalSession.StartAsync(_pair.Receiver.Project, _pair.Receiver.VariablesOfTerminal(), ["/bin/sh"], width, height);
        await _terminal.TypeAsync($"{Home.CommandLine} receive --to {_sender.Address}");
        await _terminal.SeesAsync("Search:");
        return _terminal;
    }
}
