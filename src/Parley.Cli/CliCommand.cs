using System.CommandLine;

namespace Parley.Cli;

/// <summary>A command with examples for its help: one a line, each a command and, where that helps, what it does.</summary>
internal sealed class CliCommand(string name, string description, string examples) : Command(name, description)
{
    public string Examples => examples;
}
