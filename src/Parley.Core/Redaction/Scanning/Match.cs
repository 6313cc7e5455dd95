namespace Parley.Core.Redaction.Scanning;

/// <summary>A part of a text that is to go, and by which rule.</summary>
/// <param name="Start">The first byte.</param>
/// <param name="End">The byte behind the last.</param>
/// <param name="Rule">The rule's name, as it stands in replacements and reports.</param>
/// <param name="Certainty">Which of two overlapping matches names the place: the higher one.</param>
internal readonly record struct Match(int Start, int End, string Rule, Certainty Certainty)
{
    public int Length => End - Start;
}

/// <summary>How a match was recognised, from the vaguest to the surest.</summary>
internal enum Certainty
{
    /// <summary>The name beside it says so.</summary>
    Context,

    /// <summary>It is a value that was found elsewhere.</summary>
    Known,

    /// <summary>Its own form says so.</summary>
    Format,

    /// <summary>The author asked for it.</summary>
    Asked,
}
