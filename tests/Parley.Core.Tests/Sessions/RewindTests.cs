using System.Text;
using Parley.Core.Sessions;
using Xunit;

namespace Parley.Core.Tests.Sessions;

/// <summary>What an entry tells of going back.</summary>
public sealed class RewindTests
{
    [Fact]
    public void A_marker_names_the_first_and_the_last_abandoned_entry() =>
        Assert.Equal(new Rewind(3, 7), Rewind.Of(Event("""[{"type":"text","text":"x"},{"type":"rewound","fromSeq":3,"toSeq":7}]"""), 8));

    [Theory]
    [InlineData("""[{"type":"rewound"}]""")]
    [InlineData("""[{"type":"rewound","fromSeq":0,"toSeq":2}]""")]
    [InlineData("""[{"type":"rewound","fromSeq":3,"toSeq":2}]""")]
    [InlineData("""[{"type":"rewound","fromSeq":"3","toSeq":4}]""")]
    [InlineData("""[{"type":"rewound","fromSeq":1.5,"toSeq":4}]""")]
    [InlineData("""[{"type":"rewound","fromSeq":1,"toSeq":99999999999999999999}]""")]
    [InlineData("""[{"type":"rewound","fromSeq":1,"toSeq":8}]""")]
    [InlineData("""[{"type":1,"x":"rewound"}]""")]
    [InlineData("""[]""")]
    public void What_can_not_be_is_none(string blocks) => Assert.Null(Rewind.Of(Event(blocks), 8));

    [Fact]
    public void Only_events_tell_of_it() =>
        Assert.Null(Rewind.Of(Event("""[{"type":"rewound","fromSeq":3,"toSeq":7}]""") with { Role = Role.User }, 8));

    private static Entry Event(string blocks) => new() { Role = Role.Event, Blocks = Encoding.UTF8.GetBytes(blocks) };
}
