namespace Parley.Core.Redaction;

/// <summary>A part of a text that is to be replaced.</summary>
/// <param name="Start">The first byte.</param>
/// <param name="End">The byte behind the last.</param>
/// <param name="Rule">The rule's name.</param>
/// <param name="Value">What stands there, escapes undone.</param>
/// <param name="Replacement">What is written instead; null for a secret's marker.</param>
/// <param name="Block">The type of the content block it is in; null where there is none.</param>
internal readonly record struct Edit(int Start, int End, string Rule, string Value, string? Replacement = null, string? Block = null);
