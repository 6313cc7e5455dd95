using System.Text;
using System.Text.Json;
using Parley.Core.Headless;
using Xunit;

namespace Parley.Core.Tests.Headless;

/// <summary>What people are shown before they let the agent do something.</summary>
public sealed class PermissionCardTests
{
    [Fact]
    public void It_shows_every_member_of_what_would_run()
    {
        PermissionCard card = Card("Bash", new { command = "ls -la", description = "List", timeout = 5 });

        Assert.Equal("Bash", card.Tool);
        Assert.Equal(["command: ls -la", "description: List", "timeout: 5"], card.Lines);
    }

    [Fact]
    public void A_command_of_several_lines_looks_as_it_runs()
    {
        Assert.Equal(["command:", "    cd x", "    rm y"], Card("Bash", new { command = "cd x\nrm y" }).Lines);
    }

    [Theory]
    [InlineData("ls\rrm -rf ~", "ls⟨U+000D⟩rm -rf ~")]
    [InlineData("ls \u001b[8mrm\u001b[0m", "ls ⟨U+001B⟩[8mrm⟨U+001B⟩[0m")]
    [InlineData("\u202efdp.exe", "⟨U+202E⟩fdp.exe")]
    [InlineData("a\u200bb\u2066c", "a⟨U+200B⟩b⟨U+2066⟩c")]
    [InlineData("ls\u00a0-la", "ls⟨U+00A0⟩-la")]
    [InlineData("o\u0338k", "o⟨U+0338⟩k")]
    [InlineData("rm\u3164x\u2800", "rm⟨U+3164⟩x⟨U+2800⟩")]
    [InlineData("⟨U+0041⟩", "⟨U+27E8⟩U+0041⟨U+27E9⟩")]
    [InlineData("naïve 日本 🦊", "naïve 日本 🦊")]
    public void Nothing_in_it_hides_moves_or_passes_for_something_else(string command, string shown)
    {
        Assert.Equal([$"command: {shown}"], Card("Bash", new { command }).Lines);
    }

    [Fact]
    public void A_members_name_cannot_draw_another_member()
    {
        PermissionCard card = Card("Bash", new Dictionary<string, string> { ["command: ls\ndescription"] = "harmless" });

        Assert.Equal(["command: ls⟨U+000A⟩description: harmless"], card.Lines);
    }

    [Theory]
    [InlineData("""{"command":"ls","command":"rm -rf ~"}""")]
    [InlineData("""{"edits":[{"old":"a","old":"b"}]}""")]
    public void An_input_that_names_a_member_twice_is_refused_unasked(string input)
    {
        Assert.Null(PermissionCard.Of(new PermissionAsked("r", "Bash", Encoding.UTF8.GetBytes(input)), out string? problem));
        Assert.Contains("twice", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PermissionCard.MaxCharacters - 13, true)]
    [InlineData(PermissionCard.MaxCharacters, false)]
    public void What_is_longer_than_people_read_is_refused_unasked(int length, bool isShown)
    {
        PermissionCard? card = PermissionCard.Of(Asked("Bash", new { command = new string('x', length) }), out string? problem);

        Assert.Equal(isShown, card is not null);
        Assert.Equal(isShown, problem is null);
    }

    [Fact]
    public void So_is_a_command_that_scrolls_away()
    {
        Assert.Null(PermissionCard.Of(Asked("Bash", new { command = string.Concat(Enumerable.Repeat("\n", PermissionCard.MaxLines)) + "rm -rf ~" }), out string? problem));
        Assert.NotNull(problem);
    }

    private static PermissionCard Card<T>(string tool, T input)
    {
        PermissionCard? card = PermissionCard.Of(Asked(tool, input), out string? problem);
        Assert.Null(problem);
        return card!;
    }

    private static PermissionAsked Asked<T>(string tool, T input) => new("r", tool, JsonSerializer.SerializeToUtf8Bytes(input));
}
