using AngleSharp.Dom;
using Xunit;
using static Parley.Core.Tests.Rendering.Rendered;

namespace Parley.Core.Tests.Rendering;

public sealed class AnsiTests
{
    [Theory]
    [InlineData("\e[31m", "f1")]
    [InlineData("\e[1;92m", "f10 bold")]
    [InlineData("\e[38;5;208m", "f208")]
    [InlineData("\e[48;5;17m", "b17")]
    [InlineData("\e[38;2;255;0;0m", "f196")]
    [InlineData("\e[38:2:95:135:175m", "f67")]
    [InlineData("\e[48;2;8;8;8m", "b232")]
    [InlineData("\e[7;31m", "b1")]
    [InlineData("\e[2;3;4;9m", "dim italic underline strike")]
    public void Colours_and_styles_become_classes(string sequence, string classes)
    {
        IElement span = Terminal(sequence + "text\e[0m plain").One("code > span");

        Assert.Equal(classes + " sgr", span.ClassName);
        Assert.Equal("text", span.TextContent);
    }

    [Theory]
    [InlineData("\e[2J\e[1;1Htext")]
    [InlineData("\e]0;title\atext")]
    [InlineData("\e]8;;javascript:alert(1)\e\\text\e]8;;\e\\")]
    [InlineData("\e(Btext\e=")]
    [InlineData("\e[?25ltext\e[?25h")]
    [InlineData("text\e[")]
    [InlineData("text\e")]
    [InlineData("old\rtext")]
    public void Everything_else_that_steers_a_terminal_is_dropped(string output)
    {
        Assert.Equal("text\nend", Terminal(output + "\nend").TextContent);
    }

    [Fact]
    public void A_colour_that_does_not_exist_changes_nothing()
    {
        Assert.Empty(Terminal("\e[38;5;999mtext\nend").QuerySelectorAll("code > span"));
    }

    private static IElement Terminal(string output) => Article(Call("Bash", new { command = "x" }), Result(output.Contains('\n') ? output : output + "\nmore")).One("pre");
}
