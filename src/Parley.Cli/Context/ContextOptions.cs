using System.CommandLine;
using System.CommandLine.Parsing;
using Parley.Core.Context;

namespace Parley.Cli.Context;

/// <summary>The options that choose context: folders, memory, MCP servers, and single files that hold secrets.</summary>
internal sealed class ContextOptions
{
    private readonly Option<string[]> _files = new("--files")
    {
        Description = "A folder of the project to share, by .gitignore and without files that hold secrets; may be given again",
        HelpName = "FOLDER",
    };

    private readonly Option<bool> _memory = new("--memory") { Description = "Share the project's CLAUDE.md files and Claude Code's memory of it" };

    private readonly Option<string[]> _mcps = new("--mcp") { Description = "An MCP server of your Claude Code to share; may be given again", HelpName = "NAME" };

    private readonly Option<string[]> _chosen = new("--choose")
    {
        Description = "A single file to take though it holds what looks like a secret; may be given again",
        HelpName = "FILE",
    };

    public void AddTo(Command command)
    {
        foreach (Option option in All)
            command.Options.Add(option);
    }

    /// <summary>All of them.</summary>
    public IEnumerable<Option> All => [_files, _memory, _mcps, _chosen];

    /// <summary>What was chosen on the command line.</summary>
    public ContextChoice Of(SymbolResult parsed) =>
        new() { Files = parsed.GetValue(_files) ?? [], Memory = parsed.GetValue(_memory), Mcps = parsed.GetValue(_mcps) ?? [] };

    public ContextChoice Of(ParseResult parsed) => Of(parsed.CommandResult);

    /// <summary>The files that are taken though they hold secrets.</summary>
    public IReadOnlySet<string> ChosenOf(ParseResult parsed) => (parsed.GetValue(_chosen) ?? []).Select(ContextPath.Tidy).ToHashSet();
}
