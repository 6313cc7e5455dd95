using Parley.Server.Data;

namespace Parley.Server.Live;

/// <summary>
/// Takes what was corrected away out of the database's files as well, soon and for many corrections at once: an answer that grows is corrected
/// several times, and emptying the files costs more than a correction.
/// </summary>
public sealed class Forgetting : IDisposable
{
    /// <summary>How long what was corrected away may stay in the files.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    private readonly Database _database;
    private readonly TimeProvider _clock;
    private readonly ILogger<Forgetting> _log;
    private readonly Alarm _alarm;

    public Forgetting(Database database, TimeProvider clock, ILogger<Forgetting> log)
    {
        (_database, _clock, _log) = (database, clock, log);
        _alarm = new Alarm(clock, () => _ = ForgetAsync());
    }

    public void Soon() => _alarm.Set(_clock.GetUtcNow() + Delay);

    public void Dispose() => _alarm.Dispose();

    private async Task ForgetAsync()
    {
        try
        {
            await _database.ForgetDeletedAsync();
        }
        catch (Exception e)
        {
            _log.LogError(e, "What was corrected away is still in the database's files; the next correction tries again");
        }
    }
}
