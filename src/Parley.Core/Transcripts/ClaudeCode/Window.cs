namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>
/// The part of an index, from these numbers to its end, that is resolved as if the transcript began there. That gives what resolving the
/// whole gives where nothing in the part leads out of it, but for the first line to its parent.
/// </summary>
/// <param name="Line">The line that it begins with.</param>
/// <param name="Message">The first message whose lines are all in it.</param>
/// <param name="Tool">The first tool call whose lines are all in it.</param>
/// <param name="Mention">The place of its first mention of a tool call.</param>
internal readonly record struct Window(int Line, int Message, int Tool, int Mention)
{
    public static Window Whole => default;

    /// <summary>The part that begins behind all that the index holds.</summary>
    public static Window Behind(TranscriptIndex index) => new(index.Nodes.Count, index.Messages.Count, index.ToolCount, index.Mentions.Count);

    public bool Covers(int line) => line >= Line;
}
