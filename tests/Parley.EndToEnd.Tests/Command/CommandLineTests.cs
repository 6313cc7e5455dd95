using Xunit;

namespace Parley.EndToEnd.Tests.Command;

public sealed class CommandLineTests : IDisposable
{
    private readonly Home _home = new();

    public static TheoryData<string> Commands => [.. "serve sessions share send receive list tokens revoke unshare open login export redact keys config completion".Split(' ')];

    [Fact]
    public async Task Version_is_printed_alone() => Assert.Matches(@"^\d+\.\d+\.\d+\n$", (await _home.RunAsync("--version")).Succeeded());

    [Fact]
    public async Task Help_names_every_command_and_shows_examples()
    {
        string help = (await _home.RunAsync("--help")).Succeeded();
        Assert.All(Commands.Select(row => row.Data), command => Assert.Contains($"\n  {command}", help));
        Assert.Contains("Examples:\n  parley sessions", help);
        Assert.Equal(help, (await _home.RunAsync()).Succeeded());
    }

    [Theory, MemberData(nameof(Commands))]
    public async Task Every_command_explains_itself(string command)
    {
        string help = (await _home.RunAsync(command, "--help")).Succeeded();
        Assert.Contains($"parley {command}", help);
        Assert.True(command == "keys" || help.Contains($"Examples:\n  parley {command}") || help.Contains("Examples:\n  eval"), help);
    }

    [Theory]
    [InlineData("shrae", "'shrae'")]
    [InlineData("share --expires tomorrow", "30m, 12h, 7d, 2w or never")]
    [InlineData("share --expires 0d", "30m, 12h, 7d, 2w or never")]
    [InlineData("share --from 0", "from 1")]
    [InlineData("share --from x", "--from")]
    [InlineData("share one two", "'two'")]
    [InlineData("sessions --limit 0", "--limit")]
    [InlineData("export --format pdf", "pdf")]
    [InlineData("redact --format xml", "xml")]
    [InlineData("serve --port 70000", "65535")]
    [InlineData("send --keep-open 0", "--keep-open")]
    [InlineData("send --only SOME", "SOME")]
    [InlineData("send --port 70000", "65535")]
    [InlineData("send --bind nowhere", "--bind")]
    [InlineData("send 1 --relay --port 4000", "--relay does not listen")]
    [InlineData("receive --relay", "--room")]
    [InlineData("receive --room 7K3MPX", "--relay")]
    [InlineData("receive --relay 7K3MPX --room 7K3MPX", "https://")]
    [InlineData("receive --relay --room 7K3MPX --to host:1", "name one")]
    [InlineData("receive --list --all", "can't be together")]
    [InlineData("receive --resume --json", "--resume")]
    [InlineData("unshare", "ID")]
    [InlineData("keys create", "NAME")]
    [InlineData("revoke", "ID|TOKEN|LINK")]
    [InlineData("tokens create", "SESSION")]
    [InlineData("tokens create x --expires soon", "30m, 12h, 7d, 2w or never")]
    [InlineData("config set colour red", "colour")]
    [InlineData("completion tcsh", "tcsh")]
    public async Task A_wrong_line_is_exit_code_2_and_one_hint(string line, string named)
    {
        Result result = await _home.RunAsync(line.Split(' '));
        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Out);
        Assert.StartsWith("parley: ", result.Error);
        Assert.Contains(named, result.Error);
        Assert.Contains("--help", result.Error.TrimEnd().Split('\n')[^1]);
    }

    [Theory]
    [InlineData("share --bogus", "parley share has no option '--bogus'")]
    [InlineData("share --privat 3", "parley share has no option '--privat'")]
    [InlineData("share -x -- 3", "'-x'")]
    [InlineData("export --redact", "'--redact'")]
    [InlineData("redact --reprot", "'--reprot'")]
    [InlineData("unshare --all", "'--all'")]
    [InlineData("keys create --name", "parley keys create has no option '--name'")]
    [InlineData("config set --colour red", "'--colour'")]
    [InlineData("sessions --bogus", "'--bogus'")]
    [InlineData("list --bogus", "'--bogus'")]
    [InlineData("revoke --all", "parley revoke has no option '--all'")]
    [InlineData("tokens create --for x", "'--for'")]
    [InlineData("open --bogus", "'--bogus'")]
    [InlineData("serve --bogus", "'--bogus'")]
    public async Task An_option_that_there_is_not_is_a_wrong_line(string line, string named)
    {
        Result result = await _home.RunAsync(line.Split(' '));
        Assert.Equal((2, ""), (result.ExitCode, result.Out));
        Assert.Contains(named, result.Error);
    }

    [Theory]
    [InlineData("share -- --bogus", "no session is '--bogus'")]
    [InlineData("share -", "'-'")]
    [InlineData("redact -- -x", "there is no file -x")]
    public async Task A_hyphen_alone_and_what_stands_after_two_is_an_argument(string line, string said)
    {
        Result result = await _home.RunAsync(line.Split(' '));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(said, result.Error);
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _parley parley")]
    [InlineData("zsh", "compdef _parley parley")]
    [InlineData("fish", "complete -c parley")]
    [InlineData("pwsh", "Register-ArgumentCompleter")]
    public async Task Each_shell_gets_its_completion(string shell, string line) =>
        Assert.Contains(line, (await _home.RunAsync("completion", shell)).Succeeded());

    [Fact]
    public async Task Completion_knows_commands_and_options()
    {
        Assert.Equal("share\nunshare\n", (await _home.RunAsync("[suggest:10]", "parley sha")).Succeeded());
        Assert.Contains("--no-thinking\n", (await _home.RunAsync("[suggest:15]", "parley share --")).Succeeded());
    }

    public void Dispose() => _home.Dispose();
}
