using Parley.EndToEnd.Tests.ClaudeCode;
using Parley.EndToEnd.Tests.Command;
using Xunit;

namespace Parley.EndToEnd.Tests.Transfers;

/// <summary>What a person sees who sends from a terminal.</summary>
public sealed class SendOnTerminalTests : IAsyncDisposable
{
    private readonly Pair _pair = new();
    private TerminalSession? _terminal;

    public SendOnTerminalTests()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/tmux"), "This test needs tmux.");
        _pair.Sender.Environment.Remove("PARLEY_PASSPHRASE");
        _pair.New().Title("Tide tables").Prompt("x").Answer("y").Save();
        _pair.New().Title("Harbour lights").Prompt("x").Answer("y").Save(minutesOld: 5);
    }

    [Fact]
    public async Task Sessions_are_picked_by_number_and_the_receiver_is_told_what_to_type()
    {
        TerminalSession terminal = await StartAsync("--bind 127.0.0.1");
        Assert.Matches(@"1\s+Tide tables\s+tidewatch\s+main\s+2\s", await terminal.SeesAsync("Which go out?"));
        await terminal.TypeAsync("2");
        Assert.Contains("full conversation", await terminal.SeesAsync("Passphrase (Enter makes one up):"));
        await terminal.TypeAsync("kept between us");
        string screen = await terminal.SeesAsync("Waiting for receivers");
        Assert.DoesNotContain("kept", screen);
        Assert.Contains("parley receive --to 127.0.0.1:", screen);

        _pair.Receiver.Environment["PARLEY_PASSPHRASE"] = "kept between us";
        string to = screen[(screen.IndexOf("--to ", StringComparison.Ordinal) + 5)..].Split('\n')[0].Trim();
        (await _pair.Receiver.RunAsync("receive", "--to", to, "--all", "--into", _pair.Receiver.Project)).Succeeded();
        screen = await terminal.SeesAsync("1 session handed over");
        Assert.Contains("“Harbour lights” whole", screen);
        Assert.Contains("both see:", screen);
        Assert.DoesNotContain("Waiting for receivers", screen);
    }

    [Fact]
    public async Task A_passphrase_is_made_up_on_Enter_and_shown()
    {
        TerminalSession terminal = await StartAsync("all --bind 127.0.0.1");
        await terminal.SeesAsync("Passphrase (Enter makes one up):");
        await terminal.PressAsync("Enter");
        Assert.Matches(@"Passphrase: [a-z]+-[a-z]+-[a-z]+-[a-z]+ ", await terminal.SeesAsync("Waiting for receivers"));
        await terminal.PressAsync("C-c");
        Assert.Contains("0 sessions handed over", await terminal.EndsAsync());
    }

    [Theory]
    [InlineData("C-c")]
    [InlineData("Enter")]
    public async Task Who_picks_nothing_sends_nothing(string key)
    {
        TerminalSession terminal = await StartAsync("");
        await terminal.SeesAsync("Which go out?");
        await terminal.TypeAsync("9");
        await terminal.SeesAsync("none of the numbers from 1 to 2");
        await terminal.PressAsync(key);
        await terminal.EndsAsync();
    }

    [Fact]
    public async Task Ctrl_c_at_the_passphrase_leaves_a_terminal_that_shows_what_is_typed()
    {
        TerminalSession terminal = await StartAsync("all");
        await terminal.SeesAsync("Passphrase (Enter makes one up):");
        await terminal.PressAsync("C-c");
        await terminal.EndsAsync();
        await terminal.TypeAsync("stty -a | tr ' ' '\\n' | grep -x echo");
        await terminal.SeesAsync("\necho\n");
    }

    public async ValueTask DisposeAsync()
    {
        if (_terminal is not null)
            await _terminal.DisposeAsync();
        _pair.Dispose();
    }

    private async Task<TerminalSession> StartAsync(string arguments)
    {
        _terminal = await TerminalSession.StartAsync(_pair.Sender.Project, _pair.Sender.VariablesOfTerminal(), ["/bin/sh"], 100, 30);
        await _terminal.TypeAsync($"{Home.CommandLine} send {arguments}");
        return _terminal;
    }
}
