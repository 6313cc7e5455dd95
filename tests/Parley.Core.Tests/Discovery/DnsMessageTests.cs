using FsCheck;
using FsCheck.Fluent;
using Parley.Core.Discovery;
using Xunit;

namespace Parley.Core.Tests.Discovery;

public sealed class DnsMessageTests
{
    private static readonly DnsName Type = DnsName.Of("_claude-sessions", "_tcp", "local");

    [Fact]
    public void What_Avahi_announces_is_understood()
    {
        DnsMessage message = DnsMessage.Read(Packets.Announcement)!;

        DnsName instance = Type.Child("claude-sessions-av"), host = DnsName.Of("vm", "local");
        Assert.True(message.IsResponse);
        Assert.Equal(
            [
                DnsRecord.Txt(instance, 4500, ["v=1"]),
                DnsRecord.Leading(Type, 4500, instance),
                DnsRecord.Srv(instance, 120, 22000, host),
                DnsRecord.Address(host, 120, Convert.FromHexString("fe80000000000000d45d14fffe3ed39e")),
                DnsRecord.Address(host, 120, (byte[])[10, 213, 1, 2]),
                DnsRecord.Leading(DnsName.Of("_services", "_dns-sd", "_udp", "local"), 4500, Type),
            ],
            message.Answers);
        Assert.Equal([true, false, true, true, true, false], message.Answers.Select(record => record.IsUnique));
        Assert.Equal([4500u, 4500u, 120u, 120u, 120u, 4500u], message.Answers.Select(record => record.Ttl));
    }

    [Fact]
    public void What_Avahi_asks_when_it_probes_is_understood()
    {
        DnsMessage message = DnsMessage.Read(Packets.Probe)!;

        Assert.False(message.IsResponse);
        Assert.Equal([new DnsQuestion(Type.Child("claude-sessions-av"), DnsType.Any)], message.Questions);
        Assert.Equal([DnsType.Srv, DnsType.Txt], message.Authorities.Select(record => record.Type));
    }

    [Fact]
    public void What_is_written_is_read_again() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(1, 3), Prop.ForAll(Messages.ToArbitrary(), IsReadAgain));

    [Fact]
    public void Names_are_written_once()
    {
        var message = new DnsMessage { Questions = [.. Enumerable.Range(0, 50).Select(_ => new DnsQuestion(Type.Child("one"), DnsType.Any))] };

        Assert.Equal(12 + Type.Wire.Length + 4 + 4 + 49 * 6, message.Write().Length);
    }

    [Fact]
    public void The_first_of_each_attribute_counts()
    {
        DnsRecord text = DnsRecord.Txt(Type, 1, ["v=1", "V=2", "path=a=b", "flag", "=none", "", "é=ü"]);

        Assert.Equal(["v=1", "path=a=b", "flag=", "é=ü"], text.Attributes().Select(pair => $"{pair.Key}={pair.Value}"));
    }

    [Fact]
    public void A_text_record_without_strings_has_one_empty_string() => Assert.Equal([0], DnsRecord.Txt(Type, 1, []).Data.ToArray());

    [Fact]
    public void A_record_says_which_types_there_are() =>
        // RFC 4034 §4.1.2: window 0, five bytes; A is bit 1, TXT 16, AAAA 28, SRV 33.
        Assert.Equal(
            [.. Type.Wire, 0, 5, 0x40, 0x00, 0x80, 0x08, 0x40],
            DnsRecord.Nsec(Type, 1, [DnsType.Srv, DnsType.A, DnsType.Txt, DnsType.Aaaa]).Data.ToArray());

    private static bool IsReadAgain(DnsMessage message)
    {
        byte[] bytes = message.Write();
        DnsMessage read = DnsMessage.Read(bytes)!;
        return (read.Id, read.IsResponse, read.IsTruncated) == (message.Id, message.IsResponse, message.IsTruncated)
            && read.Questions.SequenceEqual(message.Questions)
            && Everything(read).SequenceEqual(Everything(message))
            && Everything(read).Select(record => (record.Ttl, record.IsUnique)).SequenceEqual(Everything(message).Select(record => (record.Ttl, record.IsUnique)))
            && read.Write().SequenceEqual(bytes);
    }

    private static IEnumerable<DnsRecord> Everything(DnsMessage message) => [.. message.Answers, .. message.Authorities, .. message.Additionals];

    private static Gen<string> Labels => Gen.Elements("local", "_tcp", "a", "A.b", "claude-sessions-x", "日本", new string('z', DnsName.MaxLabelBytes));

    private static Gen<DnsName> Names => Labels.ListOf(3).Select(labels => DnsName.Of([.. labels]));

    private static Gen<DnsRecord> Records =>
        from name in Names
        from target in Names
        from bytes in Gen.Choose(0, 255).Select(number => (byte)number).ArrayOf(16)
        from ttl in Gen.Choose(0, int.MaxValue)
        from isUnique in Gen.Elements(true, false)
        from record in Gen.Elements(
            DnsRecord.Leading(name, 0, target),
            DnsRecord.Srv(name, 0, bytes[0], target),
            DnsRecord.Txt(name, 0, [name.Label, target.Label]),
            DnsRecord.Address(name, 0, bytes),
            DnsRecord.Address(name, 0, bytes.AsMemory(0, 4)),
            DnsRecord.Nsec(name, 0, [DnsType.A, (DnsType)bytes[0]]),
            new DnsRecord(name, (DnsType)999, 0, bytes))
        select record with { Ttl = (uint)ttl, IsUnique = isUnique };

    private static Gen<DnsMessage> Messages =>
        from id in Gen.Choose(0, ushort.MaxValue)
        from flags in Gen.Choose(0, 3)
        from questions in (from name in Names from type in Gen.Elements(DnsType.Any, DnsType.Ptr) from unicast in Gen.Elements(true, false) select new DnsQuestion(name, type, unicast)).ListOf(3)
        from answers in Records.ListOf(4)
        from authorities in Records.ListOf(2)
        from additionals in Records.ListOf(3)
        select new DnsMessage
        {
            Id = (ushort)id,
            IsResponse = (flags & 1) != 0,
            IsTruncated = (flags & 2) != 0,
            Questions = [.. questions],
            Answers = [.. answers],
            Authorities = [.. authorities],
            Additionals = [.. additionals],
        };
}
