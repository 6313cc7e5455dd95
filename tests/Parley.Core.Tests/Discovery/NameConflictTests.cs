using Parley.Core.Discovery;
using Xunit;

namespace Parley.Core.Tests.Discovery;

public sealed class NameConflictTests
{
    private static readonly AnnouncedService Service = new(DnsName.Of("_claude-sessions", "_tcp", "local"), "claude-sessions-abc", "parley-xyz", 21500, ["v=1"]);
    private static readonly HashSet<DnsRecord> Addresses = [.. Service.HostRecords([new byte[] { 10, 0, 0, 1 }, new byte[] { 10, 0, 1, 1 }])];

    [Fact]
    public void What_is_ones_own_is_no_conflict() =>
        Assert.False(IsIn(Said([.. Service.SharedRecords, .. Service.InstanceRecords, .. Addresses]), isProbing: true));

    [Fact]
    public void Another_service_of_the_same_name_is_one()
    {
        DnsMessage other = Said([.. (Service with { Port = 1 }).InstanceRecords]);

        Assert.True(IsIn(other, isProbing: true));
        Assert.True(IsIn(other, isProbing: false));
    }

    [Fact]
    public void Another_host_of_the_same_name_is_one() => Assert.True(IsIn(Said([.. Service.HostRecords([new byte[] { 10, 0, 0, 9 }])]), isProbing: false));

    [Fact]
    public void Other_names_and_what_is_taken_back_are_none()
    {
        Assert.False(IsIn(Said([.. (Service with { Port = 1, Instance = "other" }).InstanceRecords]), isProbing: true));
        Assert.False(IsIn(Said([.. (Service with { Port = 1 }).InstanceRecords.Select(record => record with { Ttl = 0 })]), isProbing: true));
    }

    [Theory]
    [InlineData(21501, true)]
    [InlineData(21499, false)]
    [InlineData(21500, false)]
    public void Of_two_who_probe_at_the_same_time_the_lesser_one_gives_way(ushort port, bool isLost)
    {
        var probe = new DnsMessage { Authorities = [.. (Service with { Port = port }).InstanceRecords] };

        Assert.Equal(isLost, IsIn(probe, isProbing: true));
        Assert.False(IsIn(probe, isProbing: false));
    }

    [Fact]
    public void Of_two_who_probe_the_one_with_fewer_records_gives_way()
    {
        Assert.False(IsIn(new DnsMessage { Authorities = [Service.InstanceRecords[1]] }, isProbing: true));
        Assert.True(IsIn(new DnsMessage { Authorities = [.. Service.InstanceRecords, new DnsRecord(Service.InstanceName, (DnsType)99, 1, new byte[1])] }, isProbing: true));
    }

    [Fact]
    public void Each_conflict_leads_to_names_that_were_not_tried_before()
    {
        AnnouncedService second = Service.Renamed(), third = second.Renamed();

        Assert.Equal(["claude-sessions-abc-2", "parley-xyz-2", "claude-sessions-abc-3", "parley-xyz-3"], [second.Instance, second.Host, third.Instance, third.Host]);
    }

    private static bool IsIn(DnsMessage message, bool isProbing) => NameConflict.IsIn(message, Service, Addresses, isProbing);

    private static DnsMessage Said(DnsRecord[] records) => new() { IsResponse = true, Answers = records[..1], Additionals = records[1..] };
}
