using System.CommandLine;

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
}
