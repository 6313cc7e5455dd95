using System.Diagnostics;
using Parley.EndToEnd.Tests.Command;
using Xunit;

namespace Parley.EndToEnd.Tests.Homecoming;

/// <summary>Sharing a session with people while its agent is in the middle of a turn.</summary>
public sealed class TurnWaitTests(RunningServer server) : IClassFixture<RunningServer>, IDisposable
{
    private readonly WorkspaceOwner _owner = new(server);

    public void Dispose() => _owner.Dispose();

    [Theory]
    [InlineData("busy")]
    [InlineData("waiting")]
    public async Task It_waits_for_the_end_of_the_turn_and_takes_that_along(string status)
    {
        Written session = _owner.New().Prompt("x").Append();
        Says(session, status);
        using Process sharing = _owner.Home.Start("share", "--to", "sarah@example.org", "--yes", "--json");
        Assert.Equal("waiting for the end of the turn that is going on", await sharing.StandardError.ReadLineAsync(TestContext.Current.CancellationToken));

        session.Answer("the end of the turn").Append();
        Says(session, "idle");

        string id = System.Text.Json.JsonDocument.Parse((await Home.EndAsync(sharing)).Succeeded()).RootElement.GetProperty("shareId").GetString()!;
        Assert.Contains("the end of the turn", await _owner.MessagesAsync(id));
    }

    [Fact]
    public async Task Nobody_waits_for_a_client_that_is_gone()
    {
        Written session = _owner.New().Prompt("x").Append();
        using Process gone = Process.Start("true")!;
        await gone.WaitForExitAsync(TestContext.Current.CancellationToken);
        Says(session, "busy", gone.Id);
        await _owner.ShareAsync();
    }

    [Fact]
    public async Task From_within_the_turn_it_is_shared_as_it_is()
    {
        Written session = _owner.New().Prompt("x").Append();
        Says(session, "busy");
        _owner.Home.Environment["CLAUDE_CODE_SESSION_ID"] = session.Id;
        await _owner.ShareAsync();
    }

    // What a client, whose part this process plays, says of itself.
    private void Says(Written session, string status, int? process = null)
    {
        string folder = Directory.CreateDirectory(_owner.Home.PathOf(".claude", "sessions")).FullName, file = Path.Combine(folder, $"{process ?? Environment.ProcessId}.json");
        File.WriteAllText(file + ".new", $$"""{"sessionId":"{{session.Id}}","status":"{{status}}"}""");
        File.Move(file + ".new", file, overwrite: true);
    }
}
