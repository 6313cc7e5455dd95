using System.Diagnostics;
using Xunit;

namespace Parley.EndToEnd.Tests.ClaudeCode;

/// <summary>Waits for what another process does, of which it gives no sign.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static async Task TrueAsync(Func<Task<bool>> condition)
    {
        long since = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < Patience, "It does not become true.");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
