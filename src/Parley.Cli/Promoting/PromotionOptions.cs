using System.CommandLine;
using Parley.Core.Context;

namespace Parley.Cli.Promoting;

/// <summary>The options of <c>parley share</c> that let people join: who, as what, and with what for the agent to use.</summary>
internal sealed class PromotionOptions
{
    private readonly Option<string[]> _to = new("--to") { Description = "Invite this person; may be given several times", HelpName = "EMAIL" };
    private readonly Option<string?> _role = new("--role") { Description = "What they may do: viewer, suggester or prompter (the default)", HelpName = "ROLE" };
    private readonly Option<string[]> _files = new("--files") { Description = "Let the agent and the people read this folder; may be given several times", HelpName = "FOLDER" };
    private readonly Option<bool> _memory = new("--memory") { Description = "Let the agent read the project's memory and CLAUDE.md" };
    private readonly Option<string[]> _mcp = new("--mcp") { Description = "Let the agent use this MCP server of yours; may be given several times", HelpName = "NAME" };

    private readonly Option<string?> _mode = new("--mode")
    {
        Description = "multiplayer: people and an agent go on with it in a shared workspace (the default); view: they read it", HelpName = "MODE",
    };

    private readonly Option<bool> _link = new("--link") { Description = "Let anyone who has the link read it too" };

    public PromotionOptions()
    {
        _role.AcceptOnlyFromAmong("viewer", "suggester", "prompter");
        _mode.AcceptOnlyFromAmong(PromotionRequest.Multiplayer, PromotionRequest.View);
    }

    /// <param name="command">Gets the options.</param>
    /// <param name="others">Its options that make no sense beside them.</param>
    public void AddTo(Command command, params Option[] others)
    {
        foreach (Option option in new Option[] { _to, _role, _files, _memory, _mcp, _mode, _link })
            command.Options.Add(option);
        command.Validators.Add(parsed =>
        {
            if (!IsGiven(parsed.GetResult))
                return;
            foreach (Option other in others.Where(option => parsed.GetResult(option) is { Implicit: false }))
                parsed.AddError($"{other.Name} is for sharing by a link: leave it out, or leave --to and what belongs to it out.");
        });
    }

    /// <summary>What is asked for; null when nobody is to join.</summary>
    public PromotionRequest? Of(ParseResult parsed) => !IsGiven(parsed.GetResult) ? null : new PromotionRequest
    {
        Recipients = parsed.GetValue(_to) ?? [],
        Role = parsed.GetValue(_role),
        Context = ContextOf(parsed),
        Mode = parsed.GetValue(_mode) ?? PromotionRequest.Multiplayer,
        Link = parsed.GetValue(_link) ? true : null,
    };

    // Who only invites one more leaves the context as it is.
    private ContextChoice? ContextOf(ParseResult parsed)
    {
        var choice = new ContextChoice { Files = parsed.GetValue(_files) ?? [], Memory = parsed.GetValue(_memory), Mcps = parsed.GetValue(_mcp) ?? [] };
        return choice.IsEmpty ? null : choice;
    }

    private bool IsGiven(Func<Option, System.CommandLine.Parsing.OptionResult?> find) =>
        new Option[] { _to, _role, _files, _memory, _mcp, _mode, _link }.Any(option => find(option) is { Implicit: false });
}
