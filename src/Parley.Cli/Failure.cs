namespace Parley.Cli;

/// <summary>An expected failure. Its message is one that a person can act on; it goes to stderr and ends the command.</summary>
internal class Failure(string message, int exitCode = ExitCode.Failed) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}

/// <summary>What the command's exit code says to a script.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    public const int Failed = 1;

    /// <summary>The command line was wrong.</summary>
    public const int Usage = 2;

    /// <summary>Ended by Ctrl-C, as shells count it (128 + SIGINT).</summary>
    public const int Interrupted = 130;

    /// <summary>Ended by a request to stop (128 + SIGTERM).</summary>
    public const int Terminated = 143;
}
