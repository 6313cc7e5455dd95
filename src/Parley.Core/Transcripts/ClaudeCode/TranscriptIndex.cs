namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>
/// What one pass over a transcript leaves in memory: its lines as a tree of small structs, with the places of their contents in the file
/// instead of the contents.
/// </summary>
internal sealed class TranscriptIndex
{
    /// <summary>The lines by number; a line that is only named as a parent is there too, as <see cref="LineKind.Missing"/>.</summary>
    public CompactList<Node> Nodes { get; } = new();

    public CompactList<Message> Messages { get; } = new();

    /// <summary>How many tool calls there are, each with a number from 0.</summary>
    public int ToolCount { get; set; }

    /// <summary>The tool calls and results of each line, those of one line together, from <see cref="Node.FirstMention"/> on.</summary>
    public CompactList<Mention> Mentions { get; } = new();

    /// <summary>Compactions by the number of their boundary line.</summary>
    public Dictionary<int, Compaction> Compactions { get; } = [];

    /// <summary>Parents that earlier versions of a repeated line had, oldest first.</summary>
    public Dictionary<int, List<int>> EarlierParents { get; } = [];

    /// <summary>The leaves that <c>last-prompt</c> lines name, in the file's order.</summary>
    public List<int> LastPrompts { get; } = [];

    public List<string> Models { get; } = [];

    /// <summary>Lines that are there, without those of subagents.</summary>
    public int MainLines { get; set; }

    /// <summary>Lines of subagents, which are beside the main conversation.</summary>
    public int SidechainLines { get; set; }

    /// <summary>Whether the transcript is a subagent's: all its lines are beside a main conversation that is elsewhere.</summary>
    public bool IsSidechain => MainLines == 0 && SidechainLines > 0;

    public SessionFacts Facts { get; } = new();

    /// <summary>The tool calls and results in a line.</summary>
    public IEnumerable<Mention> MentionsOf(int line)
    {
        int first = Nodes[line].FirstMention;
        for (int i = first; first >= 0 && i < Mentions.Count && Mentions[i].Line == line; i++)
            yield return Mentions[i];
    }
}

/// <summary>One line of the transcript that has a place in the tree.</summary>
internal struct Node
{
    public static readonly Node Empty = new() { Parent = -1, Message = -1, FirstMention = -1 };

    /// <summary>Where its content stands in the file; grows with the order of the lines.</summary>
    public long Offset;

    /// <summary>UTC ticks; 0 when the line has no time.</summary>
    public long Time;

    /// <summary>Bytes of the content's JSON value.</summary>
    public int Length;

    /// <summary>The parent's number, or -1.</summary>
    public int Parent;

    /// <summary>The number of the API message it is a part of, or -1.</summary>
    public int Message;

    /// <summary>Where its tool calls and results begin in <see cref="TranscriptIndex.Mentions"/>, or -1.</summary>
    public int FirstMention;

    public LineKind Kind;
    public LineFlags Flags;

    public readonly bool Has(LineFlags flag) => (Flags & flag) != 0;
}

/// <summary>What a line is to a reader of the conversation.</summary>
internal enum LineKind : byte
{
    /// <summary>Named as a parent, but not in the file.</summary>
    Missing,

    /// <summary>Written for the model or by the client, not shown.</summary>
    Hidden,

    /// <summary>What a person said.</summary>
    Prompt,

    /// <summary>What a person did beside talking: slash commands and their output, shell commands, interruptions.</summary>
    Command,

    ToolResult,
    Assistant,
    Boundary,
    Summary,

    /// <summary>Says that the session was taken over, and from where.</summary>
    Origin,


    /// <summary>A line of a type or form that Parley doesn't know.</summary>
    Unknown,

    /// <summary>A line that is not JSON, or nested too deeply.</summary>
    Unreadable,

    /// <summary>A line longer than <see cref="LineReader.MaxLineBytes"/>.</summary>
    TooLong,
}

[Flags]
internal enum LineFlags : byte
{
    None = 0,
    Sidechain = 1,

    /// <summary>The content is a string rather than an array of blocks.</summary>
    Text = 2,

    PersistedOutput = 4,

    /// <summary>"Continue from where you left off.", which the client writes by itself before <see cref="NoResponse"/>.</summary>
    Continue = 8,

    /// <summary>"No response requested." by no model.</summary>
    NoResponse = 16,
}

/// <summary>An answer of the API; the client writes a line for each of its blocks.</summary>
internal struct Message
{
    public static readonly Message Empty = new() { Model = -1 };

    public long Input;
    public long Output;

    /// <summary>Its number in <see cref="TranscriptIndex.Models"/>, or -1.</summary>
    public int Model;
}

/// <summary>That a line holds a tool call or the result of one.</summary>
internal readonly record struct Mention(int Line, int Tool, bool IsResult);

/// <summary>A place where the client replaced the conversation so far by a summary.</summary>
/// <param name="LogicalParent">The line before it, or -1.</param>
/// <param name="Preserved">Lines that stayed as they were, numbers.</param>
/// <param name="Trigger"><c>manual</c> or <c>auto</c>, as the client names it.</param>
internal sealed record Compaction(int LogicalParent, IReadOnlyList<int> Preserved, string? Trigger);

/// <summary>What the lines of a transcript tell of its session as a whole; where lines repeat a fact, the last one counts.</summary>
internal sealed class SessionFacts
{
    public string? CustomTitle { get; set; }
    public string? AgentName { get; set; }
    public string? GeneratedTitle { get; set; }

    /// <summary>The title that counts: a person's before the agent's.</summary>
    public string? Title => new[] { CustomTitle, AgentName, GeneratedTitle }.FirstOrDefault(title => !string.IsNullOrWhiteSpace(title));

    public string? WorkingDirectory { get; set; }
    public string? Branch { get; set; }

    /// <summary>UTC ticks of the earliest time in the file; 0 without any.</summary>
    public long Earliest { get; set; }

    /// <summary>Lines that could not be read and have no place in the conversation.</summary>
    public int LostLines { get; set; }
}
