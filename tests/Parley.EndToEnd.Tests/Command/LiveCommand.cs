using System.Diagnostics;

namespace Parley.EndToEnd.Tests.Command;

/// <summary><c>parley share --live --json</c> as a process that goes on.</summary>
public sealed class LiveCommand : TalkingCommand
{
    private LiveCommand(Process process)
        : base(process, TimeSpan.FromSeconds(60))
    {
    }

    public string ShareId { get; private set; } = "";

    /// <summary>Starts the command and waits for its link.</summary>
    public static async Task<LiveCommand> StartAsync(Home home, params string[] arguments)
    {
        var command = new LiveCommand(home.Start([.. arguments, "--json"]));
        command.ShareId = (await command.ReadAsync()).GetProperty("shareId").GetString()!;
        return command;
    }

    /// <summary>Waits until it says that it is in a state and has sent so many entries or more.</summary>
    public Task UntilAsync(string state, int sent) =>
        UntilAsync(line => line.GetProperty("state").GetString() == state && line.GetProperty("sent").GetInt32() >= sent);
}
