using System.ComponentModel;
using System.Diagnostics;
using Parley.Cli.Servers;
using Parley.Core.Bridging;

namespace Parley.Cli.Bridging;

/// <summary>The process of an MCP server that speaks over its standard streams. What it says on standard error stays on this machine.</summary>
internal sealed class ServerProcess : IDisposable
{
    private const int Lines = 10;

    private readonly Process _process;
    private readonly Queue<string> _lastWords = new(Lines);

    private ServerProcess(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.BeginErrorReadLine();
    }

    /// <summary>What it reads.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>What it says.</summary>
    public Stream Output => new BoundedStream(_process.StandardOutput.BaseStream, BridgeLimits.ServerMessageBytes, isLines: true);

    /// <summary>The last lines that it complained with; null for none.</summary>
    public string? LastWords
    {
        get
        {
            lock (_lastWords)
                return _lastWords.Count == 0 ? null : string.Join('\n', _lastWords);
        }
    }

    /// <exception cref="BridgeFailure">There is no such program.</exception>
    public static ServerProcess Start(ServerDefinition definition, string project)
    {
        // npx and its like are scripts there, which only the shell starts.
        string[] command = OperatingSystem.IsWindows() ? ["cmd.exe", "/c", definition.Command!, .. definition.Arguments] : [definition.Command!, .. definition.Arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = project,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            CreateNoWindow = true,
        };
        foreach ((string name, string value) in definition.Values)
            start.Environment[name] = value;
        start.Environment["CLAUDE_PROJECT_DIR"] = project;
        // It opens what the server has of this person, and no MCP server needs that.
        start.Environment.Remove(Settings.KeyVariable);
        try
        {
            return new ServerProcess(Process.Start(start)!);
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            throw new BridgeFailure($"'{definition.Name}' could not be started by `{definition.Command}`: {e.Message}.");
        }
    }

    public void Dispose()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended by itself.
        }
        _process.Dispose();
    }

    private void Hear(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
            return;
        lock (_lastWords)
        {
            if (_lastWords.Count == Lines)
                _lastWords.Dequeue();
            _lastWords.Enqueue(line);
        }
    }
}
