using System.Globalization;

namespace Parley.Core.Redaction;

/// <summary>Where in a session or input a value stands; its name is made only when something is found there.</summary>
internal readonly record struct Place(string Kind, int Number = 0)
{
    /// <summary>Whether the number goes up with every line of the text.</summary>
    public bool CountsLines { get; private init; }

    /// <summary>A text of several lines, of which the first has this number.</summary>
    public static Place OfLines(int first) => new("line", first) { CountsLines = true };

    /// <summary>The place after a part of the text.</summary>
    public Place After(ReadOnlySpan<byte> part) => CountsLines ? this with { Number = Number + part.Count((byte)'\n') } : this;

    public string Name => Number == 0 ? Kind : Kind + " " + Number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The name with the kind of content block, as in <c>entry 12, tool result</c>.</summary>
    public string In(string? block) => block is null ? Name : $"{Name}, {block.Replace('_', ' ')}";
}
