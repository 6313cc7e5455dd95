using System.Globalization;
using System.Text;
using System.Text.Json;
using Parley.Core.Rendering;

namespace Parley.Core.Headless;

/// <summary>
/// What people are shown before they let the agent do something. It holds all of what would run and nothing that could make it look like something else: what can't be
/// shown so is refused unasked.
/// </summary>
/// <param name="Tool">The tool's name.</param>
/// <param name="Lines">Each member of the input as <c>name: value</c>; the lines of a longer value stand below its name, indented.</param>
public sealed record PermissionCard(string Tool, IReadOnlyList<string> Lines)
{
    /// <summary>Characters that are shown at most: nobody reads more before they decide.</summary>
    public const int MaxCharacters = 8_000;

    public const int MaxLines = 200;

    private const string Indent = "    ";

    // Letters and symbols that are blank, and the brackets in which a character's number is shown, so that nobody writes such a number.
    private static readonly HashSet<int> Deceptive = [0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0, '⟨', '⟩'];

    /// <summary>The card of a request; null with the reason, which the agent is told, when it can't be shown as it is.</summary>
    public static PermissionCard? Of(PermissionAsked asked, out string? problem)
    {
        using JsonDocument input = JsonDocument.Parse(asked.Input, Json.Options);
        string[] lines = [.. input.RootElement.EnumerateObject().SelectMany(member => Shown(Visible(member.NameText()), member.Value))];
        problem = HasDuplicates(input.RootElement) ? "The input names a member twice: nobody could tell which one runs."
            : lines.Length > MaxLines || asked.Tool.Length + lines.Sum(line => line.Length) > MaxCharacters ? $"The input is longer than the {MaxCharacters} characters that people are shown before they decide: do it in smaller steps."
            : null;
        return problem is null ? new PermissionCard(Visible(asked.Tool), lines) : null;
    }

    // A value of several lines keeps them, so that a command looks as it runs.
    private static IEnumerable<string> Shown(string name, JsonElement value)
    {
        string[] lines = [.. value.Text().Split('\n').Select(Visible)];
        return lines.Length == 1 ? [$"{name}: {lines[0]}"] : [$"{name}:", .. lines.Select(line => Indent + line)];
    }

    // What is not seen, moves others about or passes for another character is shown by its number.
    private static string Visible(string text)
    {
        var shown = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (IsVisible(rune))
                shown.Append(rune);
            else
                shown.Append(CultureInfo.InvariantCulture, $"⟨U+{rune.Value:X4}⟩");
        }
        return shown.ToString();
    }

    private static bool IsVisible(Rune rune) => rune.Value is >= ' ' and <= '~' || (!Deceptive.Contains(rune.Value) && Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark));

    private static bool HasDuplicates(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().Select(member => member.NameText()).ToArray() is var names && names.Distinct().Count() != names.Length
            || value.EnumerateObject().Any(member => HasDuplicates(member.Value)),
        JsonValueKind.Array => value.EnumerateArray().Any(HasDuplicates),
        _ => false,
    };
}
