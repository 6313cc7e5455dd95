using Parley.Core.Transfer;
using Parley.Server.Tests.Fixtures;
using Xunit;

namespace Parley.Core.Tests.Transfer;

public sealed class WrongGuessesTests
{
    private readonly ManualClock _clock = new();
    private readonly WrongGuesses _guesses;

    public WrongGuessesTests() => _guesses = new WrongGuesses(_clock);

    [Fact]
    public void Each_wrong_guess_makes_the_next_wait_twice_as_long()
    {
        List<TimeSpan> waits = [];
        for (int i = 1; i < WrongGuesses.Most; i++)
        {
            GuessWrong();
            waits.Add(_guesses.Enter().Wait);
            _clock.Advance(waits[^1]);
        }
        Assert.Equal([1.0, 2, 4, 8], waits.Select(wait => wait / WrongGuesses.FirstDelay));
    }

    [Fact]
    public void After_the_last_one_there_is_none()
    {
        for (int i = 0; i < WrongGuesses.Most; i++)
        {
            GuessWrong();
            _clock.Advance(TimeSpan.FromHours(1));
        }
        Assert.True(_guesses.Exhausted);
        Assert.Equal(new GuessAdmission(false, Timeout.InfiniteTimeSpan), _guesses.Enter());
    }

    [Fact]
    public void Guessing_at_the_same_time_wins_nothing()
    {
        int admitted = Enumerable.Range(0, 100).Count(_ => _guesses.Enter().Admitted);
        Assert.Equal(WrongGuesses.Most, admitted);
        for (int i = 0; i < admitted; i++)
            _guesses.Leave(wrong: true);
        Assert.True(_guesses.Exhausted);
    }

    [Fact]
    public void Right_guesses_and_those_that_never_were_cost_nothing()
    {
        for (int i = 0; i < 100; i++)
        {
            Assert.True(_guesses.Enter().Admitted);
            _guesses.Leave(wrong: false);
        }
        Assert.Equal(0, _guesses.Count);
        Assert.True(_guesses.Enter().Admitted);
    }

    private void GuessWrong()
    {
        Assert.True(_guesses.Enter().Admitted);
        _guesses.Leave(wrong: true);
    }
}
