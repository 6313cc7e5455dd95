namespace Parley.Core.Transfer;

/// <summary>
/// Decides who may guess at a passphrase, and when: each wrong guess makes the next one wait longer, and after <see cref="Most"/> there is none.
/// Guesses that are under way count as wrong until they end, so that guessing at the same time wins nothing. Safe for concurrent use.
/// </summary>
public sealed class WrongGuesses(TimeProvider time)
{
    /// <summary>Wrong guesses after which nobody is let in any more.</summary>
    public const int Most = 5;

    /// <summary>What the first wrong guess costs; each further one costs twice as much.</summary>
    public static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private DateTimeOffset _next = DateTimeOffset.MinValue;
    private int _wrong;
    private int _underWay;

    /// <summary>How many wrong guesses there were.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _wrong;
        }
    }

    /// <summary>Whether the sender stops: a new passphrase is needed.</summary>
    public bool Exhausted => Count >= Most;

    /// <summary>Asks for a guess. One that is admitted must <see cref="Leave"/>.</summary>
    public GuessAdmission Enter()
    {
        lock (_lock)
        {
            if (_wrong >= Most)
                return GuessAdmission.Never;
            TimeSpan wait = _next - time.GetUtcNow();
            if (wait > TimeSpan.Zero)
                return new GuessAdmission(false, wait);
            if (_wrong + _underWay >= Most)
                return new GuessAdmission(false, FirstDelay);
            _underWay++;
            return GuessAdmission.Now;
        }
    }

    /// <summary>Ends a guess that was admitted. One whose connection ended before it proved anything was no guess, and not wrong.</summary>
    public void Leave(bool wrong)
    {
        lock (_lock)
        {
            _underWay--;
            if (!wrong)
                return;
            _next = time.GetUtcNow() + FirstDelay * (1 << Math.Min(_wrong, Most));
            _wrong++;
        }
    }
}

/// <summary>Whether a guess is admitted.</summary>
/// <param name="Admitted">Whether it may be made now.</param>
/// <param name="Wait">Otherwise when to ask again; <see cref="Timeout.InfiniteTimeSpan"/>: never.</param>
public readonly record struct GuessAdmission(bool Admitted, TimeSpan Wait)
{
    internal static readonly GuessAdmission Now = new(true, TimeSpan.Zero);
    internal static readonly GuessAdmission Never = new(false, Timeout.InfiniteTimeSpan);
}
