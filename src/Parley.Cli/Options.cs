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

    /// <summary>A time until something ends, which <see cref="ExpiryOf"/> reads.</summary>
    public static Option<string> Expires(string description)
    {
        var option = new Option<string>("--expires") { Description = description, HelpName = "TIME" };
        option.Validators.Add(result =>
        {
            string text = result.GetValueOrDefault<string>() ?? "";
            if (text != "never" && Times.ParseSpan(text) is null)
                result.AddError($"--expires is 30m, 12h, 7d, 2w or never (at most {Times.MaxExpiry.TotalDays} days), not '{DisplayText.OneLine(text)}'.");
        });
        return option;
    }

    /// <summary>Zero for never; null where it was left out.</summary>
    public static TimeSpan? ExpiryOf(string? text) => text switch
    {
        null => null,
        "never" => TimeSpan.Zero,
        _ => Times.ParseSpan(text),
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
