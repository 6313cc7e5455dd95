using Xunit;

namespace Parley.EndToEnd.Tests.Command;

/// <summary>Each way in which a server can fail the command: one sentence on stderr that says what to do, and exit code 1.</summary>
public sealed class ServerFailureTests : IDisposable
{
    private readonly Home _home = new();

    public ServerFailureTests()
    {
        new Written(_home.Sessions, _home.Project).Prompt("x").Save();
        _home.Environment["SHARE_API_KEY"] = "sk-test";
    }

    public static TheoryData<int, string, string> Refusals => new()
    {
        { 400, "expires_in is wrong", "answered 400: expires_in is wrong." },
        { 401, "no", "does not accept the API key from SHARE_API_KEY. Make one where it runs, with `parley keys create NAME`." },
        { 403, "the key may only read", "may not do this: the key may only read." },
        { 404, "nothing", "is not a Parley server" },
        { 413, "more than 512 MB", "larger than the server takes: more than 512 MB. Leave tool output out with --no-tool-results" },
        { 429, "600 a minute", "slow down: 600 a minute. Try again in 9 s." },
        { 500, "a fault", "answered 500: a fault." },
        { 503, "starting", "answered 503: starting." },
    };

    [Theory, MemberData(nameof(Refusals))]
    public async Task A_refusal_is_told_with_what_to_do(int status, string detail, string said)
    {
        Result result = await ShareAsync(Recorder.Answer.Problem(status, detail) with { Headers = [("Retry-After", "9")] });
        AssertFailure(result, said);
    }

    [Fact]
    public async Task What_a_server_says_cannot_command_the_terminal() =>
        Assert.DoesNotContain('\u001b', (await ShareAsync(Recorder.Answer.Problem(500, "\\u001b[2Jgone"))).Error);

    [Fact]
    public async Task A_moved_server_is_named() =>
        AssertFailure(await ShareAsync(new(301, "", Headers: [("Location", "https://new.example/")])), "has moved to https://new.example/");

    [Fact]
    public async Task An_answer_that_is_not_json_is_no_parley_server() =>
        AssertFailure(await ShareAsync(new(200, "<html>", "text/html")), "is not a Parley server");

    [Fact]
    public async Task Nobody_there_says_how_to_start_the_server()
    {
        _home.Environment["SHARE_SERVER_URL"] = "http://localhost:1";
        AssertFailure(await _home.RunAsync("share"), "http://localhost:1 does not answer. Start it with `parley serve`.");
    }

    [Fact]
    public async Task No_key_says_where_one_is_looked_for()
    {
        _home.Environment["SHARE_API_KEY"] = null;
        Result local = await _home.RunAsync("list");
        AssertFailure(local, "neither SHARE_API_KEY nor");
        Assert.Contains("credentials.json", local.Error);
        Assert.Contains("parley serve", local.Error);
        _home.Environment["SHARE_SERVER_URL"] = "https://parley.example";
        AssertFailure(await _home.RunAsync("list"), "`parley keys create NAME`");
    }

    [Fact]
    public async Task An_address_that_is_none_is_named_with_its_origin()
    {
        _home.Environment["SHARE_SERVER_URL"] = "localhost:3000";
        AssertFailure(await _home.RunAsync("list"), "'localhost:3000' (from SHARE_SERVER_URL)");
    }

    [Fact]
    public async Task A_missing_server_program_is_named()
    {
        _home.Environment["PARLEY_SERVER"] = null;
        AssertFailure(await _home.RunAsync("serve"), "PARLEY_SERVER");
    }

    public void Dispose() => _home.Dispose();

    private async Task<Result> ShareAsync(Recorder.Answer answer)
    {
        await using var server = new Recorder(answer);
        _home.Environment["SHARE_SERVER_URL"] = server.Address;
        return await _home.RunAsync("share");
    }

    private static void AssertFailure(Result result, string said)
    {
        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Out);
        Assert.StartsWith("parley: ", result.Error);
        Assert.Contains(said, result.Error);
        Assert.DoesNotContain("   at ", result.Error);
    }
}
