using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Parley.Cli.Terminals;

/// <summary>Standard output and error, and what is known of the terminal behind them, if there is one.</summary>
internal static class Terminal
{
    /// <summary>The width that is assumed where a terminal does not tell its own.</summary>
    private const int DefaultWidth = 80;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private static readonly Lazy<TextWriter> LazyOut = new(() => new StreamWriter(OpenOutput(), Utf8) { AutoFlush = true });

    private static readonly Lazy<TextWriter> LazyError = new(() => new StreamWriter(Console.OpenStandardError(), Utf8) { AutoFlush = true });

    // Not Console.In: the terminal itself edits the line, and Ctrl-D ends the input.
    private static readonly Lazy<TextReader> LazyIn = new(() => new StreamReader(OpenAnswers(), Utf8));

    /// <summary>Results, for people and for pipes.</summary>
    public static TextWriter Out => LazyOut.Value;

    /// <summary>Everything else: questions, progress, warnings, errors.</summary>
    public static TextWriter Error => LazyError.Value;

    public static bool OutIsTerminal => !Console.IsOutputRedirected;

    public static bool ErrorIsTerminal => !Console.IsErrorRedirected;

    /// <summary>Whether a question can be asked and answered.</summary>
    public static bool CanAsk => !Console.IsInputRedirected && ErrorIsTerminal;

    /// <summary>Whether colours may be written to a terminal (https://no-color.org).</summary>
    public static bool AllowsColor =>
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <summary>Columns that a line may take.</summary>
    public static int Width
    {
        get
        {
            if (int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), out int columns) && columns > 0)
                return columns;
            try
            {
                return Console.WindowWidth is var width and > 0 ? width : DefaultWidth;
            }
            catch (IOException)
            {
                return DefaultWidth;
            }
        }
    }

    /// <summary>
    /// Standard output as bytes. Unlike the console's own stream it throws when nobody reads any more, so that a filter stops there.
    /// </summary>
    public static Stream OpenOutput()
    {
        if (OperatingSystem.IsWindows())
            return Console.OpenStandardOutput();
        var stream = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        // A regular file may be shared with other processes (`(parley …; date) > file`): only the console's stream moves its position.
        return stream.CanSeek ? Console.OpenStandardOutput() : stream;
    }

    private static Stream OpenAnswers() => OperatingSystem.IsWindows()
        ? Console.OpenStandardInput()
        : new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);

    /// <summary>Whether the reader of the output has gone, which is no failure of ours.</summary>
    public static bool IsBrokenPipe(Exception e)
    {
        const int epipe = 32, windowsBrokenPipe = unchecked((int)0x8007006D), windowsNoData = unchecked((int)0x800700E8);
        return e is IOException && e.HResult is epipe or windowsBrokenPipe or windowsNoData;
    }

    /// <summary>Reads an answer; null when the input has ended. Ctrl-C ends it at once.</summary>
    public static Task<string?> AskAsync(string question, CancellationToken cancel)
    {
        Error.Write(question);
        return ReadLineAsync(cancel);
    }

    /// <summary>Reads a line of standard input; null when it has ended.</summary>
    public static Task<string?> ReadLineAsync(CancellationToken cancel) => Task.Run(LazyIn.Value.ReadLine, CancellationToken.None).WaitAsync(cancel);

    /// <summary>Reads an answer that does not appear on the screen; null when the input has ended. Ctrl-C ends it at once.</summary>
    public static async Task<string?> AskHiddenAsync(string question, CancellationToken cancel)
    {
        using Echo off = Echo.Off();
        Error.Write(question);
        try
        {
            return OperatingSystem.IsWindows() ? await Task.Run(ReadHidden, CancellationToken.None).WaitAsync(cancel) : await ReadLineAsync(cancel);
        }
        finally
        {
            Error.WriteLine();
        }
    }

    // The terminal of Windows shows nothing that is typed before it is read; that of Unix edits the line itself.
    private static string? ReadHidden()
    {
        var line = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
                line.Length = Math.Max(0, line.Length - 1);
            else if (!char.IsControl(key.KeyChar))
                line.Append(key.KeyChar);
        }
        return line.ToString();
    }
}
