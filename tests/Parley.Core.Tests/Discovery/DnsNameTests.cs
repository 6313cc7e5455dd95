using Parley.Core.Discovery;
using Xunit;

namespace Parley.Core.Tests.Discovery;

public sealed class DnsNameTests
{
    [Fact]
    public void The_case_of_ASCII_letters_makes_no_difference()
    {
        DnsName a = DnsName.Of("Ünï.Code", "_TCP", "local"), b = DnsName.Of("Ünï.cODE", "_tcp", "LOCAL");

        Assert.Equal(a, b);
        Assert.Equal(a.GetHashCode(), b.GetHashCode());
        Assert.NotEqual(a, DnsName.Of("ünï.code", "_tcp", "local"));
    }

    [Fact]
    public void Dots_within_a_label_are_not_those_between_labels()
    {
        DnsName name = DnsName.Of(@"a.b\c", "local");

        Assert.Equal(@"a\.b\\c.local.", name.ToString());
        Assert.Equal(@"a.b\c", name.Label);
        Assert.NotEqual(DnsName.Of("a", @"b\c", "local"), name);
    }

    [Fact]
    public void A_name_ends_at_the_root()
    {
        Assert.Equal(DnsName.Of("local"), DnsName.Of("a", "local").Parent);
        Assert.True(DnsName.Of("local").Parent.IsRoot);
        Assert.True(DnsName.Of().Parent.IsRoot);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    [InlineData("üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü")]
    public void A_label_has_1_to_63_bytes(string label) => Assert.Throws<ArgumentException>(() => DnsName.Of(label, "local"));

    [Fact]
    public void A_name_has_at_most_255_bytes()
    {
        string label = new('x', DnsName.MaxLabelBytes);

        DnsName longest = DnsName.Of(new string('x', 61), label, label, label);

        Assert.Equal(DnsName.MaxBytes, longest.Wire.Length);
        Assert.Throws<ArgumentException>(() => longest.Child("x"));
    }
}
