using Parley.Server.Live;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Live;

public sealed class WakesOnSqlite(ServerFixture<Sqlite> fixture) : WakeTests<Sqlite>(fixture);

public sealed class WakesOnPostgres(ServerFixture<Postgres> fixture) : WakeTests<Postgres>(fixture);

/// <summary>Who watches a session is told of its changes, and of no other's.</summary>
public abstract class WakeTests<TDatabase>(ServerFixture<TDatabase> fixture) : IClassFixture<ServerFixture<TDatabase>>
    where TDatabase : ITestDatabase, new()
{
    private Wakes Wakes => fixture.Server.Get<Wakes>();

    [Fact]
    public void All_who_watch_are_told_what_to_look_at()
    {
        List<string> told = [];
        using IDisposable one = Wakes.Watch("session-told", what => told.Add($"one {what}"));
        using IDisposable other = Wakes.Watch("session-told", what => told.Add($"other {what}"));

        Wakes.Announce("session-told", Wake.Entries | Wake.State);
        Wakes.Announce("another-told", Wake.Access);

        Assert.Equal(["one Entries, State", "other Entries, State"], told);
    }

    [Fact]
    public void Who_has_left_is_told_nothing()
    {
        List<Wake> told = [];
        IDisposable left = Wakes.Watch("session-left", _ => Assert.Fail("It has left."));
        using IDisposable stayed = Wakes.Watch("session-left", told.Add);

        left.Dispose();
        Wakes.Announce("session-left", Wake.Access);

        Assert.Equal([Wake.Access], told);
    }
}

/// <summary>What servers tell each other, as text.</summary>
public sealed class LiveMessageTests
{
    [Fact]
    public void Messages_are_read_as_they_were_written()
    {
        LiveMessage[] messages =
        [
            LiveMessage.Delta("abcdefghijkl", "two lines\nand \"quotes\", \\, \0 and 𝄞"), LiveMessage.Wake("abcdefghijkl", Wake.Entries | Wake.Access),
            LiveMessage.Viewers("abcdefghijkl", 12_345),
        ];

        string payload = Assert.Single(PostgresNeighbours.Payloads("me", messages));

        Assert.Equal("me", payload.Split('\n')[0]);
        Assert.Equal(messages, payload.Split('\n')[1..^1].Select(line => LiveMessage.Read(line)!.Value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("w")]
    [InlineData("w abc")]
    [InlineData("w abc -1")]
    [InlineData("w abc x")]
    [InlineData("d abc \"open")]
    [InlineData("d abc 1")]
    [InlineData("z abc 1")]
    [InlineData("wake abc 1")]
    public void What_nobody_wrote_is_passed_over(string line) => Assert.Null(LiveMessage.Read(line));

    [Fact]
    public void Many_wakes_of_a_session_become_one_and_many_sessions_become_few_payloads()
    {
        IEnumerable<LiveMessage> messages = Enumerable.Range(0, 1000).SelectMany(i => new[]
        {
            LiveMessage.Wake($"session{i:00000}", Wake.Entries), LiveMessage.Wake($"session{i:00000}", Wake.State), LiveMessage.Viewers($"session{i:00000}", 1),
        });

        List<string> payloads = PostgresNeighbours.Payloads("me", messages);

        Assert.All(payloads, payload => Assert.InRange(payload.Length, 1, 7_999));
        Assert.Equal(2000, payloads.Sum(payload => payload.Split('\n').Length - 2));
        Assert.Contains($"w session00999 {(int)(Wake.Entries | Wake.State)}\n", string.Concat(payloads), StringComparison.Ordinal);
    }

    [Fact]
    public void The_longest_text_of_the_widest_characters_fits_a_notification()
    {
        List<string> payloads = PostgresNeighbours.Payloads("twelve-chars", [LiveMessage.Delta("abcdefghijkl", new string('\0', LiveMessage.MaxText))]);

        Assert.All(payloads, payload => Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(payload), 1, 7_999));
    }
}
