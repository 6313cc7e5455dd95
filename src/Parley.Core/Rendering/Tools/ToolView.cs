using System.Text.Json;

namespace Parley.Core.Rendering.Tools;

/// <summary>How calls of one tool are shown.</summary>
/// <param name="Kind">The family, a class of the badge: <c>shell</c>, <c>file</c>, <c>edit</c>, <c>search</c>, <c>web</c>, <c>plan</c>, <c>agent</c>, <c>mcp</c>, <c>other</c>.</param>
/// <param name="Line">What the call does, on one line.</param>
/// <param name="Body">Writes the input.</param>
internal sealed record ToolView(string Kind, Func<JsonElement, ToolLine> Line, Action<JsonElement, HtmlWriter> Body)
{
    /// <summary>What the tool's results are.</summary>
    internal ResultKind Result { get; init; } = ResultKind.Terminal;

    /// <summary>Whether the call is part of the conversation itself, and so is not collapsed.</summary>
    internal bool Open { get; init; }
}

/// <summary>One line about a call.</summary>
/// <param name="What">The command, file or pattern; shown as code.</param>
/// <param name="Note">A few words beside it.</param>
/// <param name="Added">Lines that an edit puts in; null for everything but edits.</param>
/// <param name="Removed">Lines that an edit takes out.</param>
internal readonly record struct ToolLine(string? What, string? Note = null, int? Added = null, int Removed = 0);

/// <summary>How the result of a tool reads best.</summary>
internal enum ResultKind
{
    /// <summary>Text with ANSI colours, or JSON.</summary>
    Terminal,

    /// <summary>A file with the line numbers that Read puts before each line.</summary>
    NumberedFile,

    /// <summary>Markdown that a model wrote.</summary>
    Markdown,
}
