using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using Parley.Cli.Bridging;
using Parley.Cli.Context;
using Parley.Cli.Control;
using Parley.Cli.Exporting;
using Parley.Cli.Homecoming;
using Parley.Cli.Hosting;
using Parley.Cli.LocalSessions;
using Parley.Cli.Mcp;
using Parley.Cli.Pausing;
using Parley.Cli.Redacting;
using Parley.Cli.Servers;
using Parley.Cli.Setup;
using Parley.Cli.Sharing;
using Parley.Cli.Takeover;
using Parley.Cli.Terminals;
using Parley.Cli.Transfers;

namespace Parley.Cli;

/// <summary>The command line: which commands there are, and how their failures become a sentence on stderr and an exit code.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] args)
    {
        using var interrupted = new CancellationTokenSource();
        PosixSignal? first = null;
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            return await InvokeAsync(Root().Parse(args), interrupted.Token);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            return first == PosixSignal.SIGTERM ? ExitCode.Terminated : ExitCode.Interrupted;
        }
        catch (Failure failure)
        {
            Terminal.Error.WriteLine($"parley: {failure.Message}");
            return failure.ExitCode;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!Terminal.IsBrokenPipe(e))
                Terminal.Error.WriteLine($"parley: {e.Message}");
            return Terminal.IsBrokenPipe(e) ? ExitCode.Done : ExitCode.Failed;
        }

        // The first signal asks the command to stop; the same once more ends the process, whatever it is doing. Clients of a companion send both
        // kinds within a tenth of a second, and mean one thing.
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = first != signal.Signal;
            first ??= signal.Signal;
            interrupted.Cancel();
        }
    }

    private static RootCommand Root()
    {
        var root = new RootCommand("Share the sessions of your coding agent, without secrets and personal paths in them.")
        {
            ServeCommand.Create(),
            SessionsCommand.Create(),
            ShareCommand.Create(),
            ShareCommand.CreatePromote(),
            SendCommand.Create(),
            ReceiveCommand.Create(),
            ListCommand.Create(),
            TokensCommand.Create(),
            ContextCommand.Create(),
            BridgeCommand.Create(),
            PullCommand.Create(),
            HostCommand.Create(),
            HomeCommand.Create(),
            CloseCommand.Create(),
            ImportCommand.Create(),
            RevokeCommand.Create(),
            UnshareCommand.Create(),
            OpenCommand.Create(),
            LoginCommand.Create(),
            ExportCommand.Create(),
            RedactCommand.Create(),
            KeysCommand.Create(),
            McpCommand.Create(),
            HookCommand.Create(),
            SetupCommand.Create(),
            DoctorCommand.Create(),
            ConfigCommand.Create(),
            CompletionCommand.Create(),
        };
        root.SetAction(Help.Show);
        Help.AddExamples(root);
        return root;
    }

    private static async Task<int> InvokeAsync(ParseResult parsed, CancellationToken cancel)
    {
        if (Errors(parsed) is { Length: > 0 } errors)
        {
            foreach (string message in errors)
                Terminal.Error.WriteLine($"parley: {message}");
            Terminal.Error.WriteLine($"Try '{Help.PathOf(parsed.CommandResult.Command)} --help'.");
            return ExitCode.Usage;
        }
        var invocation = new InvocationConfiguration
        {
            Output = Terminal.Out,
            Error = Terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        return await parsed.InvokeAsync(invocation, cancel);
    }

    private static string[] Errors(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        // Help and completion answer whatever else is on the line.
        if (parsed.Action is not ParseErrorAction && parsed.Action != command.Action)
            return [];
        string[] mistyped = [.. MistypedOptions(parsed).Select(option => $"{Help.PathOf(command)} has no option '{DisplayText.OneLine(option)}'.")];
        return mistyped.Length > 0 ? mistyped : [.. parsed.Errors.Select(e => e.Message).Distinct()];
    }

    // The library takes an unknown option for an argument where the command has one. What stands after `--` is meant as an argument.
    private static IEnumerable<string> MistypedOptions(ParseResult parsed)
    {
        IEnumerable<Token> meant = parsed.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash);
        return parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens)
            .Where(token => token.Value is ['-', _, ..] && !meant.Any(other => ReferenceEquals(other, token)))
            .Select(token => token.Value);
    }
}
