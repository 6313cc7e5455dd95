using System.Diagnostics;
using System.Text.Json;
using Parley.EndToEnd.Tests.Command;

namespace Parley.EndToEnd.Tests.Transfers;

/// <summary><c>parley send --yes --json</c> as a process that waits for receivers.</summary>
public sealed class SendProcess : TalkingCommand
{
    private SendProcess(Process process)
        : base(process, TimeSpan.FromSeconds(30))
    {
    }

    /// <summary>The first line.</summary>
    public JsonElement Ready { get; private set; }

    /// <summary>Where it listens on loopback.</summary>
    public string Address => $"127.0.0.1:{Ready.GetProperty("port").GetInt32()}";

    /// <summary>Starts it, on loopback unless it is to go through a relay, and waits until it is ready.</summary>
    public static Task<SendProcess> StartAsync(Home home, params string[] arguments) => StartWithInputAsync(home, "", arguments);

    public static async Task<SendProcess> StartWithInputAsync(Home home, string input, params string[] arguments)
    {
        string[] where = arguments.Contains("--relay") || arguments.Contains("--bind") ? [] : ["--bind", "127.0.0.1"];
        Process process = home.Start(["send", .. arguments, .. where, "--yes", "--json"]);
        var sender = new SendProcess(process);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        sender.Ready = await sender.ReadAsync();
        return sender;
    }

    /// <summary>Reads events until one of a kind.</summary>
    public Task<JsonElement> UntilAsync(string kind) => UntilAsync(line => line.GetProperty("event").GetString() == kind);
}
