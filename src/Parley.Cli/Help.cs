using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Parley.Cli;

/// <summary>Help as the library writes it, with the command's examples below.</summary>
internal static class Help
{
    private const string RootExamples = """
        parley sessions                 what is on this machine, newest first
        parley share                    share the session of this folder; asks before anything leaves
        parley share 3 --expires 7d     number 3 of the list, gone in a week
        parley share --preview          show what would go out, and what is taken out
        parley send                     hand sessions over to somebody near; they type `parley receive`
        parley open                     what you share, in the browser: readers, tokens, expiry
        parley revoke ID                close its link and tokens at once
        parley unshare ID               delete it from the server
        parley redact < log.txt         the redaction alone, as a filter
        """;

    public static void AddExamples(RootCommand root)
    {
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
    }

    /// <summary>What a command that only groups others does when it is called alone.</summary>
    public static int Show(ParseResult parsed) =>
        parsed.RootCommandResult.Command.Parse([.. PathOf(parsed.CommandResult.Command).Split(' ').Skip(1), "--help"])
            .Invoke(parsed.InvocationConfiguration);

    /// <summary>The command as a person types it, e.g. <c>parley keys create</c>.</summary>
    public static string PathOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{PathOf(parent)} {command.Name}" : "parley";

    private sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
    {
        // `parley share --help` is help even where something else on the line is wrong.
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            int code = help.Invoke(parseResult);
            string? examples = parseResult.CommandResult.Command switch
            {
                RootCommand => RootExamples,
                CliCommand command => command.Examples,
                _ => null,
            };
            if (examples is not null)
                parseResult.InvocationConfiguration.Output.WriteLine($"Examples:\n  {examples.ReplaceLineEndings("\n  ")}");
            return code;
        }
    }
}
