namespace Parley.EndToEnd.Tests.Hosting;

/// <summary>The real time, which a test lets leap ahead: what a minute without a word does is seen at once.</summary>
public sealed class LeapingClock : TimeProvider
{
    private long _ticks;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _ticks));

    public void Leap(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
}
