using Parley.Core.Context;
using Xunit;

namespace Parley.Core.Tests.Context;

/// <summary>Which MCP servers are never shared.</summary>
public sealed class McpPolicyTests
{
    [Theory]
    [InlineData("Gmail")]
    [InlineData("google-mail")]
    [InlineData("GoogleMail")]
    [InlineData("my_outlook_365")]
    [InlineData("claude_ai_Gmail")]
    [InlineData("imap")]
    [InlineData("1password")]
    [InlineData("whatsapp-bridge")]
    public void A_name_gives_it_away(string name) => Assert.True(McpPolicy.IsNeverShared(name));

    [Theory]
    [InlineData("npx", "@someone/gmail-mcp-server")]
    [InlineData("https://mcp.example.org/mail/mcp")]
    [InlineData("/usr/local/bin/protonmail-bridge", "--stdio")]
    public void So_does_what_starts_or_reaches_it(params string[] reachedBy) => Assert.True(McpPolicy.IsNeverShared("work", reachedBy));

    [Theory]
    [InlineData("linear", "https://mcp.linear.app/mcp")]
    [InlineData("signalr-docs", "npx", "signalr")]
    [InlineData("remailable", "smsx")]
    [InlineData("exchanger")]
    public void Words_that_only_contain_such_a_word_do_not(string name, params string[] reachedBy) => Assert.False(McpPolicy.IsNeverShared(name, reachedBy));

    [Fact]
    public void Every_word_of_the_list_is_enough_in_any_case() =>
        Assert.All(McpPolicy.NeverShared, word => Assert.True(McpPolicy.IsNeverShared(word.ToUpperInvariant())));

    [Fact]
    public void Parley_itself_is_never_shared()
    {
        Assert.True(McpPolicy.IsNeverShared("parley"));
        Assert.True(McpPolicy.IsNeverShared("tools", "/usr/local/bin/parley", "mcp"));
        Assert.True(McpPolicy.IsNeverShared("tools", "dotnet", "/opt/parley.dll", "mcp"));
        Assert.False(McpPolicy.IsNeverShared("tools", "node", "/home/ana/parley/server.js"));
    }
}
