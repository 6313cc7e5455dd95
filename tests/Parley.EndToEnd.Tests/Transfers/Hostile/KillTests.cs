using System.Diagnostics;
using System.Text.Json;
using Parley.EndToEnd.Tests.Command;
using Xunit;

namespace Parley.EndToEnd.Tests.Transfers.Hostile;

/// <summary>Whoever is killed, and whenever: no session is left half installed, and the next attempt has it whole.</summary>
public sealed class KillTests : IDisposable
{
    private const int Killed = 128 + 9;

    /// <summary>The frames before this one hold half a megabyte of the session.</summary>
    private const int FrameInFile = 5;

    private readonly Pair _pair = new();
    private readonly LongSession _session;

    public KillTests() => _session = new LongSession(_pair);

    public enum Victim
    {
        Sender,
        Receiver,
        Relay,
    }

    /// <summary>How far a transfer is.</summary>
    public enum Stage
    {
        Connected,
        Authenticated,
        Chosen,
        InFile,
        Acknowledging,
    }

    public static MatrixTheoryData<Victim, Stage> AtARelay => new(Enum.GetValues<Victim>(), Enum.GetValues<Stage>());

    public static MatrixTheoryData<Victim, Stage> Directly => new([Victim.Sender, Victim.Receiver], Enum.GetValues<Stage>());

    [Theory]
    [MemberData(nameof(AtARelay))]
    public Task Over_a_relay_the_next_attempt_has_it_whole(Victim victim, Stage stage) => KillAsync(victim, stage, relayed: true);

    [Theory]
    [MemberData(nameof(Directly))]
    public Task Directly_the_next_attempt_has_it_whole(Victim victim, Stage stage) => KillAsync(victim, stage, relayed: false);

    public void Dispose() => _pair.Dispose();

    private async Task KillAsync(Victim victim, Stage stage, bool relayed)
    {
        await using Crossing crossing = await Crossing.OpenAsync(relayed);
        using SendProcess sender = await crossing.SendAsync(_pair, _session);
        Result result = await KillAtAsync(victim, stage, crossing, sender);
        AssertNothingHalf(victim, stage, result);

        // A sender that was told that all has arrived is done.
        bool isOver = stage == Stage.Acknowledging && victim == Victim.Receiver;
        if (isOver)
            Assert.Equal(0, (await sender.EndAsync()).ExitCode);
        if (victim == Victim.Receiver && !isOver)
            await ReceiveWholeAsync(crossing, sender);
        else
            await ReceiveFromAnotherAsync(relayed, goesOn: victim == Victim.Sender && stage == Stage.InFile);
    }

    /// <summary>Receives until somebody is killed; what the receiver says to that.</summary>
    private async Task<Result> KillAtAsync(Victim victim, Stage stage, Crossing crossing, SendProcess sender)
    {
        var started = new TaskCompletionSource<Process>();
        crossing.Between.Act = async passing =>
        {
            if (!IsAt(stage, passing))
                return new Onward(passing.Bytes);
            if (victim == Victim.Relay)
                _ = Task.Run(crossing.VanishAsync);
            else
                await KillAsync(victim == Victim.Sender ? sender.ProcessId : (await started.Task).Id);
            return new Onward(passing.Bytes) { IsLast = victim != Victim.Receiver };
        };
        using Process receiver = _pair.Receiver.Start(crossing.Receive(sender));
        started.SetResult(receiver);
        Result result = await Home.EndAsync(receiver);
        crossing.Between.Act = Interception.Honest;
        return result;
    }

    private static bool IsAt(Stage stage, Passing passing) => stage switch
    {
        Stage.Connected => passing is { IsFrame: false, FromSender: false, Number: 0 },
        Stage.Authenticated => passing.Is(fromSender: true, 0),
        Stage.Chosen => passing.Is(fromSender: false, 0),
        Stage.InFile => passing.Is(fromSender: true, FrameInFile),
        _ => passing.Is(fromSender: false, 1),
    };

    private static async Task KillAsync(int processId)
    {
        using var process = Process.GetProcessById(processId);
        process.Kill();
        await process.WaitForExitAsync();
    }

    private void AssertNothingHalf(Victim victim, Stage stage, Result result)
    {
        string[] installed = Directory.GetFiles(_pair.Receiver.Sessions, "*.jsonl");
        if (victim == Victim.Receiver)
            Assert.Equal(Killed, result.ExitCode);
        else if (stage == Stage.Acknowledging)
            Assert.True(_session.IsIn(File.ReadAllText(InstalledPath(result))));
        else
            Assert.Contains("The connection ended before", result.Error, StringComparison.Ordinal);
        if (stage != Stage.Acknowledging)
            Assert.Empty(installed);
    }

    private async Task ReceiveFromAnotherAsync(bool relayed, bool goesOn)
    {
        await using Crossing crossing = await Crossing.OpenAsync(relayed);
        using SendProcess sender = await crossing.SendAsync(_pair, _session);
        await ReceiveWholeAsync(crossing, sender);
        if (goesOn)
            Assert.InRange(crossing.Between.FromSender, 1, _session.LeastBytes - (1 << 18));
    }

    private string InstalledPath(Result result)
    {
        JsonElement installed = Assert.Single(JsonDocument.Parse(result.Succeeded()).RootElement.GetProperty("installed").EnumerateArray());
        Assert.Equal(_session.Id, installed.GetProperty("sessionId").GetString());
        return installed.GetProperty("path").GetString()!;
    }

    private async Task ReceiveWholeAsync(Crossing crossing, SendProcess sender)
    {
        Result result = await _pair.Receiver.RunAsync(crossing.Receive(sender));

        string path = InstalledPath(result);
        Assert.Equal([$"{_session.Id}.jsonl"], Directory.GetFileSystemEntries(_pair.Receiver.Sessions).Select(Path.GetFileName));
        Assert.True(_session.IsIn(File.ReadAllText(path)));
        Assert.Empty(Directory.GetFileSystemEntries(_pair.Receiver.PathOf(".local", "state", "parley", "receiving")));
        Assert.Equal(0, (await sender.EndAsync()).ExitCode);
    }
}
