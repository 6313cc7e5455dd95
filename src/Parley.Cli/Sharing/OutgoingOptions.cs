using System.CommandLine;
using Parley.Core.Sessions;
using Parley.Core.Transcripts;

namespace Parley.Cli.Sharing;

/// <summary>The options that say what goes out, the same for sharing and for exporting.</summary>
internal sealed class OutgoingOptions
{
    private readonly Option<string> _title = new("--title") { Description = "A title of your own", HelpName = "TEXT" };
    private readonly Option<bool> _noToolResults = new("--no-tool-results") { Description = "Leave out what tools, subagents and commands of yours put out" };
    private readonly Option<bool> _noThinking = new("--no-thinking") { Description = "Leave out thinking" };

    private readonly Option<int?> _from = Options.Number(
        "--from", null, "Begin with this entry; what comes before stays here", "ENTRY", 1, int.MaxValue);

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _title, _noToolResults, _noThinking, _from })
            command.Options.Add(option);
    }

    /// <exception cref="Failure">Nothing would be left of the session.</exception>
    public OutgoingSession Of(ParseResult parsed, Transcript transcript)
    {
        int from = parsed.GetValue(_from) ?? 1;
        if (from > transcript.Info.EntryCount)
            throw new Failure($"the session has {transcript.Info.EntryCount} entries: there is none to begin with at {from}.");
        return new OutgoingSession(transcript, Machine.Redaction(transcript.Info))
        {
            Title = parsed.GetValue(_title),
            Selection = new Selection { ToolResults = !parsed.GetValue(_noToolResults), Thinking = !parsed.GetValue(_noThinking), From = from },
        };
    }
}
