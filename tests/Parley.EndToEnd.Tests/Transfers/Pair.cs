using System.Text.Json;
using Parley.EndToEnd.Tests.Command;

namespace Parley.EndToEnd.Tests.Transfers;

/// <summary>Two people's machines, and the passphrase that they agreed on.</summary>
public sealed class Pair : IDisposable
{
    public Pair()
    {
        Sender.Environment["PARLEY_PASSPHRASE"] = Receiver.Environment["PARLEY_PASSPHRASE"] = Passphrase;
    }

    public string Passphrase { get; } = $"between-us-{Guid.NewGuid():N}";

    public Home Sender { get; } = new();

    public Home Receiver { get; } = new();

    /// <summary>A session of the sender's.</summary>
    public Written New() => new(Sender.Sessions, Sender.Project);

    /// <summary>Receives from a sender on loopback.</summary>
    public Task<Result> ReceiveAsync(SendProcess sender, params string[] arguments) => Receiver.RunAsync(["receive", "--to", sender.Address, .. arguments]);

    /// <summary>What the receiver's <c>parley sessions</c> lists.</summary>
    public async Task<JsonElement[]> ReceivedAsync() => [.. JsonDocument.Parse((await Receiver.RunAsync("sessions", "--json")).Succeeded()).RootElement.EnumerateArray()];

    /// <summary>Everything that is in the receiver's folder of a client, as one text.</summary>
    public string ReceivedText() => string.Concat(Directory.GetFiles(Receiver.PathOf(".claude"), "*", SearchOption.AllDirectories).Select(File.ReadAllText));

    public void Dispose()
    {
        Sender.Dispose();
        Receiver.Dispose();
    }
}
