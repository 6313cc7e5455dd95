using System.CommandLine;
using System.IO.Pipelines;
using Parley.Core.Transcripts;

namespace Parley.Cli.Mcp;

/// <summary><c>parley mcp</c>: the companion of a session, which Claude Code starts and speaks to over standard input and output.</summary>
internal static class McpCommand
{
    public static Command Create()
    {
        var command = new CliCommand("mcp", "Run the companion that Claude Code starts (MCP over stdio)", """
            parley setup claude                  let Claude Code start it
            claude mcp add parley -- parley mcp  the same by hand, without the skills
            """);
        command.SetAction((_, cancel) => RunAsync(cancel));
        return command;
    }

    private static async Task RunAsync(CancellationToken cancel)
    {
        var companion = new Companion(new CurrentSession(SessionCatalog.OfThisUser()));
        await companion.RunAsync(Input().AsStream(), Console.OpenStandardOutput(), cancel);
    }

    // A read of standard input can't be called off, and would hold up the end; one of a pipe can.
    private static PipeReader Input()
    {
        var pipe = new Pipe();
        _ = Console.OpenStandardInput().CopyToAsync(pipe.Writer, CancellationToken.None)
            .ContinueWith(read => pipe.Writer.Complete(read.Exception?.InnerException), TaskScheduler.Default);
        return pipe.Reader;
    }
}
