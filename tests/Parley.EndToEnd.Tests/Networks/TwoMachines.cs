namespace Parley.EndToEnd.Tests.Networks;

/// <summary>Two machines on one network, of which nothing leads out.</summary>
public sealed class TwoMachines : IAsyncDisposable
{
    public const string FirstAddress = "10.21.5.1", SecondAddress = "10.21.5.2";

    private TwoMachines(Machine first, Machine second) => (First, Second) = (first, second);

    public Machine First { get; }

    public Machine Second { get; }

    /// <summary>Starts them, with IPv4 addresses and the IPv6 ones that every interface has.</summary>
    public static async Task<TwoMachines> StartAsync()
    {
        TwoMachines machines = await StartIPv6OnlyAsync();
        await machines.First.AddAddressAsync($"{FirstAddress}/24");
        await machines.Second.AddAddressAsync($"{SecondAddress}/24");
        return machines;
    }

    /// <summary>The same without IPv4.</summary>
    public static async Task<TwoMachines> StartIPv6OnlyAsync()
    {
        var machines = new TwoMachines(await Machine.StartAsync(), await Machine.StartAsync());
        await Machine.ConnectAsync(machines.First, machines.Second);
        return machines;
    }

    public async ValueTask DisposeAsync()
    {
        await First.DisposeAsync();
        await Second.DisposeAsync();
    }
}
