using System.Runtime.InteropServices;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using Parley.EndToEnd.Tests.Command;
using Xunit;

namespace Parley.EndToEnd.Tests.Mcp;

/// <summary>Which session a companion takes for the current one, and when it ends.</summary>
public sealed class CurrentSessionTests : IDisposable
{
    private readonly Home _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task It_follows_the_client_into_another_session()
    {
        Written first = New("first").Save(), second = New("second").Save();
        _home.Environment["CLAUDE_CODE_SESSION_ID"] = first.Id;
        Companion.Enter(_home, first.Id);
        await using Companion companion = await Companion.StartAsync(_home);
        Assert.Equal("first", await TitleAsync(companion));
        Companion.Enter(_home, second.Id);
        Assert.Equal("second", await TitleAsync(companion));
    }

    [Fact]
    public async Task It_finds_a_session_that_moved_to_another_folder()
    {
        Written session = New("moved").Save();
        Companion.Enter(_home, session.Id);
        await using Companion companion = await Companion.StartAsync(_home);
        string elsewhere = Directory.CreateDirectory(_home.PathOf(".claude", "projects", "-elsewhere")).FullName;
        File.Move(session.File, Path.Combine(elsewhere, Path.GetFileName(session.File)));
        Assert.Equal("moved", await TitleAsync(companion));
    }

    [Fact]
    public async Task Where_the_client_tells_nothing_a_hook_does()
    {
        Written first = New("first").Save(), second = New("second").Save();
        _home.Environment["CLAUDE_CODE_SESSION_ID"] = first.Id;
        await using Companion companion = await Companion.StartAsync(_home);
        Assert.Equal("first", await TitleAsync(companion));
        CallToolResult answer = await companion.Client.CallToolAsync(
            "session_is_current", new Dictionary<string, object?> { ["sessionId"] = second.Id }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("""{"suppressOutput":true}""", Companion.TextOf(answer));
        Assert.Equal("second", await TitleAsync(companion));
    }

    [Theory]
    [InlineData("../../../etc/passwd")]
    [InlineData("")]
    [InlineData("${session_id}")]
    public async Task A_hook_that_names_no_session_changes_nothing(string id)
    {
        _home.Environment["CLAUDE_CODE_SESSION_ID"] = New("first").Save().Id;
        await using Companion companion = await Companion.StartAsync(_home);
        await companion.Client.CallToolAsync("session_is_current", new Dictionary<string, object?> { ["sessionId"] = id }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("first", await TitleAsync(companion));
    }

    [Fact]
    public async Task A_session_that_is_written_a_moment_later_is_waited_for()
    {
        Written session = New("late");
        Companion.Enter(_home, session.Id);
        await using Companion companion = await Companion.StartAsync(_home);
        Task<string?> asked = TitleAsync(companion);
        session.Save();
        Assert.Equal("late", await asked);
    }

    [Fact]
    public async Task Of_a_session_without_a_transcript_it_says_so()
    {
        Companion.Enter(_home, Guid.NewGuid().ToString());
        await using Companion companion = await Companion.StartAsync(_home);
        Assert.Contains("nothing has been written", await companion.FailAsync("preview_redaction"));
    }

    [Fact]
    public async Task Without_a_client_it_points_to_the_command()
    {
        await using Companion companion = await Companion.StartAsync(_home);
        Assert.Contains("parley share", await companion.FailAsync("preview_redaction"));
    }

    [Fact]
    public async Task A_tool_that_does_not_exist_is_an_error_of_the_protocol()
    {
        await using Companion companion = await Companion.StartAsync(_home);
        await Assert.ThrowsAnyAsync<McpException>(() => companion.Client.CallToolAsync("no_such_tool", cancellationToken: TestContext.Current.CancellationToken).AsTask());
    }

    [Theory]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGTERM)]
    public async Task It_ends_quietly_when_the_client_tells_it_to(PosixSignal signal)
    {
        Companion companion = await Companion.StartAsync(_home);
        Assert.Equal(0, await companion.EndAsync(signal));
    }

    [Fact]
    public async Task It_ends_with_its_input()
    {
        Companion companion = await Companion.StartAsync(_home);
        companion.Process.StandardInput.Close();
        await companion.Process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, companion.Process.ExitCode);
    }

    private static async Task<string?> TitleAsync(Companion companion) => (await companion.AskAsync("preview_redaction")).GetProperty("title").GetString();

    private Written New(string title) => new Written(_home.Sessions, _home.Project).Prompt("x").Title(title);
}
