using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;

namespace Parley.Bench.Live;

/// <summary>Posts entries at a steady rate, in the form that the server wants.</summary>
internal sealed class Driver
{
    private static readonly HttpClient Http = new();

    private readonly WatchPlan _plan;
    private readonly Func<int, string> _text = Texts.Sentences();

    public Driver(WatchPlan plan)
    {
        (_plan, LastSeq) = (plan, plan.LastSeq);
        if (plan.Key is not null)
            Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", plan.Key);
    }

    /// <summary>The last entry that was posted.</summary>
    public long LastSeq { get; private set; }

    /// <summary>Posts each entry when it is due, whether or not those before have been answered.</summary>
    /// <param name="appends">What to post.</param>
    /// <param name="due">Gets when each was due, timestamps of <see cref="Stopwatch"/>.</param>
    public async Task AppendAsync(Appends appends, long[] due)
    {
        long began = Stopwatch.GetTimestamp();
        Task posted = Task.CompletedTask;
        for (int i = 0; i < appends.Count; i++)
        {
            due[i] = began + i * Stopwatch.Frequency / appends.PerSecond;
            TimeSpan early = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due[i]);
            if (early > TimeSpan.Zero)
                await Task.Delay(early);
            // Where entries have places, the next one is refused until the one before is there.
            if (_plan.Wire == Wire.Events)
                await posted;
            posted = PostAsync(++LastSeq, appends.Size);
        }
        // A server that waits for stalled viewers may not answer at all; whether the entries arrive is seen at the viewers.
        if (_plan.Stalled == 0)
            await posted;
    }

    /// <summary>Revokes the viewers' link.</summary>
    /// <returns>When the request was sent and when the answer was there, timestamps of <see cref="Stopwatch"/>.</returns>
    public async Task<(long Asked, long Answered)> RevokeAsync()
    {
        long asked = Stopwatch.GetTimestamp();
        using HttpResponseMessage answer = await Http.DeleteAsync(_plan.Link);
        answer.EnsureSuccessStatusCode();
        return (asked, Stopwatch.GetTimestamp());
    }

    private async Task PostAsync(long seq, int size)
    {
        string entry = $$"""{"seq":{{seq}},"role":"assistant","blocks":[{"type":"text","text":"{{_text(size)}}"}]}""";
        string body = _plan.Wire == Wire.Events ? $$"""{"expectedSeq":{{seq - 1}},"entries":[{{entry}}]}""" : entry;
        using HttpResponseMessage answer = await Http.PostAsync(_plan.Append, new StringContent(body, Encoding.UTF8, "application/json"));
        answer.EnsureSuccessStatusCode();
    }
}
