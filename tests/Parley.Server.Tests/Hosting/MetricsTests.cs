using Parley.Server.Hosting;

namespace Parley.Server.Tests.Hosting;

/// <summary>The counters under load.</summary>
public sealed class MetricsTests
{
    [Fact]
    public async Task They_can_be_read_while_new_ones_come_in()
    {
        var metrics = new Metrics();
        Task counting = Task.Run(() =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                metrics.Request("GET", $"/{i}", 200);
                metrics.RelayRefused($"CODE_{i % 1000}");
            }
        });
        while (!counting.IsCompleted)
            metrics.ToPrometheus();

        await counting;
        string text = metrics.ToPrometheus();
        Assert.Contains("parley_http_requests_total{method=\"GET\",route=\"/19999\",status=\"200\"} 1\n", text);
        Assert.Contains("parley_relay_refusals_total{code=\"CODE_7\"} 20\n", text);
    }
}
