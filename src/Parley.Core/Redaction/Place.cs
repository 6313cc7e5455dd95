using System.Globalization;

namespace Parley.Core.Redaction;

/// <summary>Where in a session or input a value stands; its name is made only when something is found there.</summary>
internal readonly record struct Place(string Kind, int Number = 0)
{
    public string Name => Number == 0 ? Kind : string.Create(CultureInfo.InvariantCulture, $"{Kind} {Number}");

    /// <summary>The name with the kind of content block, as in <c>entry 12, tool result</c>.</summary>
    public string In(string? block) => block is null ? Name : $"{Name}, {block.Replace('_', ' ')}";
}
