using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Parley.Cli.Terminals;

namespace Parley.Cli;

/// <summary>Arguments and options that several commands have.</summary>
internal static class Options
{
    public static Option<bool> Json(string description) => new("--json") { Description = description };

    public static Argument<string?> Session() => new("SESSION")
    {
        Description = "A number of `parley sessions`, an id or its beginning, a title, or a path; the session of this folder when left out",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>A whole number in a range; null when it is left out.</summary>
    public static Option<int?> Number(string name, string? alias, string description, string helpName, int least, int most) => new(name, alias is null ? [] : [alias])
    {
        Description = description,
        HelpName = helpName,
        CustomParser = argument => Parse(argument, name, least, most),
    };

    private static int? Parse(ArgumentResult argument, string name, int least, int most)
    {
        string text = argument.Tokens[^1].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most)
            return number;
        argument.AddError($"{name} is a number from {least}{(most < int.MaxValue ? $" to {most}" : "")}, not '{DisplayText.OneLine(text)}'.");
        return null;
    }
}
