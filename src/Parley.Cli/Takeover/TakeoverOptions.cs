using System.CommandLine;

namespace Parley.Cli.Takeover;

/// <summary>The options of commands that take a session over: into which project, and what comes next.</summary>
/// <param name="json">What <c>--json</c> prints.</param>
internal sealed class TakeoverOptions(string json = """{"installed":[{"sessionId","path","outcome"}]}""")
{
    private readonly Option<string> _into = new("--into") { Description = "The project that it is taken over into, instead of this folder", HelpName = "PROJECT" };
    private readonly Option<bool> _resume = new("--resume") { Description = "Go on with the session in its client at once" };
    private readonly Option<bool> _json = Options.Json($"Print {json}");

    public void AddTo(Command command)
    {
        command.Add(_into);
        command.Add(_resume);
        command.Add(_json);
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(_resume) && parsed.GetValue(_json))
                parsed.AddError("--resume starts the client here: it can't be with --json.");
        });
    }

    /// <exception cref="Failure">There is no such project.</exception>
    public Destination DestinationOf(ParseResult parsed) => Destination.Of(parsed.GetValue(_into));

    public bool Resumes(ParseResult parsed) => parsed.GetValue(_resume);

    public bool IsJson(ParseResult parsed) => parsed.GetValue(_json);
}
