using System.CommandLine;

namespace Parley.Cli.Redacting;

internal static class RedactCommand
{
    public static Command Create() => new("redact", "Take secrets and personal paths out of text");
}
