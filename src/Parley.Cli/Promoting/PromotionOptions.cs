using System.CommandLine;
using System.CommandLine.Parsing;
using Parley.Cli.Context;
using Parley.Core.Context;

namespace Parley.Cli.Promoting;

/// <summary>The options of <c>parley share</c> that let people join: who, as what, and with what for the agent to use.</summary>
internal sealed class PromotionOptions
{
    /// <summary>The command by which a session becomes a workspace, whoever is invited.</summary>
    public const string Promote = "promote";

    private readonly Option<string[]> _to = new("--to") { Description = "Invite this person; may be given several times", HelpName = "EMAIL" };
    private readonly Option<string?> _role = new("--role") { Description = "What they may do: viewer, suggester or prompter (the default)", HelpName = "ROLE" };

    private readonly Option<string?> _mode = new("--mode")
    {
        Description = "multiplayer: people and an agent go on with it in a shared workspace (the default); view: they read it",
        HelpName = "MODE",
    };

    private readonly Option<bool> _link = new("--link") { Description = "Let anyone who has the link read it too" };

    private readonly ContextOptions _context = new();

    public PromotionOptions()
    {
        _role.AcceptOnlyFromAmong("viewer", "suggester", "prompter");
        _mode.AcceptOnlyFromAmong(PromotionRequest.Multiplayer, PromotionRequest.View);
    }

    /// <param name="command">Gets the options.</param>
    /// <param name="others">Its options that make no sense beside them.</param>
    public void AddTo(Command command, params Option[] others)
    {
        foreach (Option option in new Option[] { _to, _role, _mode, _link })
            command.Options.Add(option);
        _context.AddTo(command);
        command.Validators.Add(parsed =>
        {
            if (!IsGiven(parsed))
                return;
            foreach (Option other in others.Where(option => parsed.GetResult(option) is { Implicit: false }))
                parsed.AddError($"{other.Name} is for sharing by a link: leave it out, or leave --to and what belongs to it out.");
        });
    }

    /// <summary>Files that are taken for the agent though they hold secrets.</summary>
    public IReadOnlySet<string> ChosenOf(ParseResult parsed) => _context.ChosenOf(parsed);

    /// <summary>What is asked for; null when nobody is to join.</summary>
    public PromotionRequest? Of(ParseResult parsed) => !IsGiven(parsed.CommandResult) ? null : new PromotionRequest
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
        ContextChoice choice = _context.Of(parsed);
        return choice.IsEmpty ? null : choice;
    }

    private bool IsGiven(CommandResult command) => command.IdentifierToken.Value == Promote
        || new Option[] { _to, _role, _mode, _link }.Concat(_context.All).Any(option => command.GetResult(option) is { Implicit: false });
}
