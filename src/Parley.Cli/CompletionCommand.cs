using System.CommandLine;
using Parley.Cli.Terminals;

namespace Parley.Cli;

/// <summary>
/// <c>parley completion</c>: a script for the shell. The script asks the command itself (<c>parley [suggest:N] "line"</c>), so that it never
/// falls behind the options that there are.
/// </summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # parley completion for bash: eval "$(parley completion bash)"
        _parley() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(parley "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _parley parley
        """;

    private const string Zsh = """
        #compdef parley
        # parley completion for zsh: eval "$(parley completion zsh)"
        _parley() {
            local -a found
            found=("${(@f)$(parley "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
            compadd -a found
            _files
        }
        compdef _parley parley
        """;

    private const string Fish = """
        # parley completion for fish: parley completion fish | source
        complete -c parley -a '(parley "[suggest:"(commandline -C)"]" (commandline) 2>/dev/null)'
        """;

    private const string PowerShell = """
        # parley completion for PowerShell: parley completion pwsh | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName parley -ScriptBlock {
            param($word, $line, $position)
            parley "[suggest:$position]" "$line" | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
        }
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh, fish or pwsh" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "pwsh");
        var command = new CliCommand("completion", "Print the completion script for a shell", """
            eval "$(parley completion bash)"
            eval "$(parley completion zsh)"
            parley completion fish | source
            """) { shell };
        command.SetAction(parsed => Terminal.Out.WriteLine(parsed.GetRequiredValue(shell) switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            "fish" => Fish,
            _ => PowerShell,
        }));
        return command;
    }
}
