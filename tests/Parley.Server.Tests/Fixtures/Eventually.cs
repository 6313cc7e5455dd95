namespace Parley.Server.Tests.Fixtures;

/// <summary>Waits for something that another thread or process is about to do and gives no signal for.</summary>
public static class Eventually
{
    public static async Task TrueAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!await condition())
            await ticks.WaitForNextTickAsync(patience.Token);
    }
}
