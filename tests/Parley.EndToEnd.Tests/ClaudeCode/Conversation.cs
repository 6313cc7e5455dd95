using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit;

namespace Parley.EndToEnd.Tests.ClaudeCode;

/// <summary>The real client, driven turn by turn over its streams (<c>--input-format stream-json</c>).</summary>
public sealed class Conversation : IAsyncDisposable
{
    /// <summary>A turn that takes longer hangs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _client;
    private readonly Task<string> _errors;

    public Conversation(Workstation machine, string project, params string[] arguments)
    {
        _client = Process.Start(machine.Start(project,
            ["-p", "--input-format", "stream-json", "--output-format", "stream-json", "--verbose", .. arguments]))!;
        _errors = _client.StandardError.ReadToEndAsync();
    }

    /// <summary>The client's id of the session.</summary>
    public string? SessionId { get; private set; }

    /// <summary>Sends a prompt; what the client says when the turn is over.</summary>
    public async Task<string> SayAsync(string prompt)
    {
        var message = new JsonObject { ["type"] = "user", ["message"] = new JsonObject { ["role"] = "user", ["content"] = prompt } };
        await _client.StandardInput.WriteLineAsync(message.ToJsonString());
        await _client.StandardInput.FlushAsync();
        while (await _client.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            JsonNode said = JsonNode.Parse(line)!;
            SessionId = (string?)said["session_id"] ?? SessionId;
            if ((string?)said["type"] == "result")
                return (string?)said["result"] ?? "";
        }
        Assert.Fail($"The client ended: {await _errors}");
        return "";
    }

    /// <summary>Ends the input, and waits until the client has ended.</summary>
    public async Task EndAsync()
    {
        _client.StandardInput.Close();
        await _client.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await _client.WaitForExitAsync().WaitAsync(Patience);
        Assert.True(_client.ExitCode == 0, await _errors);
    }

    /// <summary>Ends the companion as a crash would (Linux).</summary>
    public void KillCompanion()
    {
        IEnumerable<int> children = Directory.GetDirectories($"/proc/{_client.Id}/task")
            .SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(int.Parse);
        using Process companion = Process.GetProcessById(children.Single(child => File.ReadAllText($"/proc/{child}/comm").Trim() == "parley"));
        companion.Kill();
        companion.WaitForExit();
    }

    public ValueTask DisposeAsync()
    {
        if (!_client.HasExited)
            _client.Kill(entireProcessTree: true);
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
