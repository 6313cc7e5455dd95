using System.Text;
using Parley.Core.Transfer;
using Xunit;

namespace Parley.Core.Tests.Transfer;

/// <summary>What a relay and those who are connected to it say to each other, and how they name a room.</summary>
public sealed class RelayMessageTests
{
    [Fact]
    public void A_message_is_read_as_it_was_written_and_leaves_out_what_is_not_known()
    {
        var message = new RelayMessage { Type = RelayMessage.RoomCreated, Room = "7K3MPX", Ticket = "secret" };

        Assert.Equal("""{"type":"ROOM_CREATED","room":"7K3MPX","ticket":"secret"}""", Encoding.UTF8.GetString(message.ToUtf8()));
        Assert.Equal(message, RelayMessage.Read(message.ToUtf8()));
    }

    [Fact]
    public void Members_of_later_versions_are_passed_over() =>
        Assert.Equal("7K3MPX", RelayMessage.Read("""{"v":2,"type":"JOIN_ROOM","new":{"a":[1]},"room":"7K3MPX"}"""u8)?.Room);

    [Fact]
    public void A_ticket_is_not_written_where_a_message_is_shown() =>
        Assert.Equal("ROOM_CREATED", $"{new RelayMessage { Type = RelayMessage.RoomCreated, Ticket = "secret" }}");

    [Fact]
    public void Any_bytes_are_a_message_or_none()
    {
        var random = new Random(20260226);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = """{"type":"CREATE_ROOM","room":"7K3MPX","ticket":"\u00e9\ud83d\ude00"}"""u8.ToArray();
            for (int change = random.Next(5); change > 0; change--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            RelayMessage? message = RelayMessage.Read(bytes.AsSpan(0, random.Next(bytes.Length + 1)));
            Assert.True(message is null or { Type: not null });
        }
    }

    [Theory]
    [InlineData("7K3MPX", "7K3MPX")]
    [InlineData("7k3mpx", "7K3MPX")]
    [InlineData(" 7k3-mpx ", "7K3MPX")]
    [InlineData("", null)]
    [InlineData(null, null)]
    [InlineData("7K3MP", null)]
    [InlineData("7K3MPXX", null)]
    [InlineData("7K3MP0", null)]
    [InlineData("7K3MPI", null)]
    [InlineData("7K3MPÉ", null)]
    [InlineData("7K3MP/", null)]
    public void A_code_is_taken_as_people_type_it(string? typed, string? code) => Assert.Equal(code, RoomCode.Parse(typed));

    [Fact]
    public void No_two_characters_of_codes_look_alike() => Assert.All("01OILU", c => Assert.DoesNotContain(c, RoomCode.Alphabet));
}
