using Parley.Core.Discovery;
using Xunit;

namespace Parley.Core.Tests.Discovery;

public sealed class ResponderTests
{
    private static readonly DnsName Type = DnsName.Of("_claude-sessions", "_tcp", "local");
    private static readonly DnsName Types = DnsName.Of("_services", "_dns-sd", "_udp", "local");
    private static readonly AnnouncedService Service = new(Type, "claude-sessions-abc", "parley-xyz", 21500, ["v=1"]);
    private static readonly byte[] Address4 = [10, 0, 0, 1], Address6 = [0xFE, 0x80, .. new byte[13], 1];
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(60);

    private readonly DnsRecord _pointer = Service.SharedRecords[0], _srv = Service.InstanceRecords[0], _txt = Service.InstanceRecords[1];
    private readonly DnsRecord[] _addresses = [.. Service.HostRecords([Address4, Address6])];
    private readonly Responder _responder = new(Service, [Address4, Address6], TimeSpan.Zero, new Random(1));

    [Fact]
    public void It_probes_three_times_and_announces_twice()
    {
        List<(int At, DnsMessage Message)> said = Run(_responder);

        Assert.Equal([0, 250, 500, 750, 1750], said.Select(message => message.At));
        Assert.All(said.Take(3), probe =>
        {
            Assert.Equal([new DnsQuestion(Service.InstanceName, DnsType.Any, true), new DnsQuestion(Service.HostName, DnsType.Any, true)], probe.Message.Questions);
            Assert.Equal([_srv, _txt, .. _addresses], probe.Message.Authorities);
            Assert.DoesNotContain(probe.Message.Authorities, record => record.IsUnique);
        });
        Assert.All(said.Skip(3), announcement =>
        {
            Assert.True(announcement.Message.IsResponse);
            Assert.Equal([.. Service.SharedRecords, _srv, _txt, .. _addresses], announcement.Message.Answers);
            Assert.Equal([false, false, true, true, true, true], announcement.Message.Answers.Select(record => record.IsUnique));
        });
        Assert.Equal(TimeSpan.MaxValue, _responder.Due);
    }

    [Fact]
    public void It_says_nothing_about_names_that_are_not_its_own_yet()
    {
        _responder.Next(TimeSpan.Zero);

        Assert.False(_responder.HasNames);
        Assert.Null(_responder.Receive(Query(Type, DnsType.Ptr, wantsUnicast: true), isOneShot: true, TimeSpan.Zero));
        Assert.Null(_responder.Goodbye());
    }

    [Fact]
    public void Whoever_looks_for_the_type_hears_all_that_it_takes_to_connect()
    {
        Announce();

        Assert.Null(_responder.Receive(Query(Type, DnsType.Ptr), isOneShot: false, Later));

        (int wait, DnsMessage answer) = Assert.Single(Run(_responder));
        Assert.InRange(wait, 20, 120);
        Assert.Equal([_pointer], answer.Answers);
        Assert.Equal([_srv, _txt, .. _addresses], answer.Additionals);
    }

    [Fact]
    public void What_nobody_else_can_answer_is_answered_at_once()
    {
        Announce();

        _responder.Receive(Query(Service.InstanceName, DnsType.Srv), isOneShot: false, Later);

        (int wait, DnsMessage answer) = Assert.Single(Run(_responder));
        Assert.Equal(0, wait);
        Assert.Equal([_srv], answer.Answers);
        Assert.Equal(_addresses, answer.Additionals);
    }

    [Theory]
    [InlineData(DnsType.A, 1)]
    [InlineData(DnsType.Aaaa, 1)]
    [InlineData(DnsType.Any, 2)]
    public void The_host_has_its_addresses_of_the_link(DnsType type, int count)
    {
        Announce();

        DnsMessage answer = _responder.Receive(Query(Service.HostName, type, wantsUnicast: true), isOneShot: false, Later)!;

        Assert.Equal(count, answer.Answers.Intersect(_addresses).Count());
    }

    [Fact]
    public void Types_of_services_are_listed()
    {
        Announce();

        Assert.Equal([DnsRecord.Leading(Types, 1, Type)], _responder.Receive(Query(Types, DnsType.Ptr, wantsUnicast: true), isOneShot: false, Later)!.Answers);
    }

    [Fact]
    public void Who_wants_the_answer_alone_gets_it_at_once_and_alone()
    {
        Announce();

        DnsMessage answer = _responder.Receive(Query(Type, DnsType.Ptr, wantsUnicast: true), isOneShot: false, Later)!;

        Assert.Equal([_pointer], answer.Answers);
        Assert.Empty(Run(_responder));
    }

    [Fact]
    public void An_ordinary_resolver_gets_an_ordinary_answer()
    {
        Announce();

        DnsMessage answer = _responder.Receive(Query(Type, DnsType.Ptr) with { Id = 77 }, isOneShot: true, Later)!;

        Assert.Equal((77, true), (answer.Id, answer.IsResponse));
        Assert.Equal([new DnsQuestion(Type, DnsType.Ptr)], answer.Questions);
        Assert.Equal([_pointer], answer.Answers);
        Assert.All(answer.Answers.Concat(answer.Additionals), record => Assert.True(record is { IsUnique: false, Ttl: <= 10 }));
    }

    [Theory]
    [InlineData(4500, 0)]
    [InlineData(2250, 0)]
    [InlineData(2249, 1)]
    public void What_the_asker_knows_for_long_enough_is_not_said_again(uint ttl, int answers)
    {
        Announce();

        _responder.Receive(Query(Type, DnsType.Ptr) with { Answers = [_pointer with { Ttl = ttl }] }, isOneShot: false, Later);

        Assert.Equal(answers, Run(_responder).Count);
    }

    [Fact]
    public void Known_answers_may_come_in_further_messages()
    {
        Announce();
        DnsMessage query = Query(Type, DnsType.Ptr) with { IsTruncated = true };

        _responder.Receive(query, isOneShot: false, Later);
        Assert.InRange(_responder.Due - Later, TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(500));
        _responder.Receive(new DnsMessage { Answers = [_pointer] }, isOneShot: false, Later + TimeSpan.FromMilliseconds(100));

        Assert.Empty(Run(_responder));
    }

    [Fact]
    public void However_often_it_is_asked_it_tells_everybody_once_a_second()
    {
        Announce();
        var said = new List<double>();

        for (int ms = 0; ms < 5000; ms += 10)
        {
            _responder.Receive(Query(Service.InstanceName, DnsType.Txt), isOneShot: false, Later + TimeSpan.FromMilliseconds(ms));
            if (_responder.Next(Later + TimeSpan.FromMilliseconds(ms)) is not null)
                said.Add(ms);
        }

        Assert.Equal([0, 1000, 2000, 3000, 4000], said);
    }

    [Fact]
    public void A_name_is_defended_against_one_who_probes_for_it()
    {
        Announce();
        DnsMessage probe = Query(Service.InstanceName, DnsType.Any, wantsUnicast: true) with { Authorities = [DnsRecord.Srv(Service.InstanceName, 120, 1, Service.HostName)] };

        Assert.Null(_responder.Receive(probe, isOneShot: false, Later));
        Assert.Equal([0], Run(_responder).Select(said => said.At));
        _responder.Receive(probe, isOneShot: false, Later);
        (int wait, DnsMessage answer) = Assert.Single(Run(_responder));

        Assert.Equal(250, wait);
        Assert.Equal([_srv, _txt], answer.Answers.OrderByDescending(record => record.Type));
    }

    [Fact]
    public void What_a_name_of_its_own_does_not_have_is_an_answer_too()
    {
        Announce();

        DnsRecord answer = Assert.Single(_responder.Receive(Query(Service.InstanceName, DnsType.Aaaa, wantsUnicast: true), isOneShot: false, Later)!.Answers);

        Assert.Equal(DnsRecord.Nsec(Service.InstanceName, 1, [DnsType.Srv, DnsType.Txt]), answer);
    }

    [Fact]
    public void Nothing_is_said_about_the_names_of_others()
    {
        Announce();

        Assert.Null(_responder.Receive(Query(Type.Child("another"), DnsType.Any, wantsUnicast: true), isOneShot: false, Later));
        Assert.Null(_responder.Receive(Query(Type, DnsType.Txt, wantsUnicast: true), isOneShot: false, Later));
        Assert.Empty(Run(_responder));
    }

    [Fact]
    public void A_goodbye_takes_everything_back_but_the_type_which_others_have_as_well()
    {
        Announce();

        DnsMessage goodbye = _responder.Goodbye()!;

        Assert.Equal([_pointer, _srv, _txt, .. _addresses], goodbye.Answers);
        Assert.All(goodbye.Answers, record => Assert.Equal(0u, record.Ttl));
    }

    [Fact]
    public void When_somebody_takes_back_what_is_its_own_it_says_it_again()
    {
        Announce();

        _responder.Receive(_responder.Goodbye()!, isOneShot: false, Later);

        Assert.Equal([_srv, _txt, .. _addresses, _pointer], Run(_responder).SelectMany(said => said.Message.Answers).DistinctBy(record => record));
    }

    private void Announce() => Run(_responder);

    private static DnsMessage Query(DnsName name, DnsType type, bool wantsUnicast = false) => new() { Questions = [new DnsQuestion(name, type, wantsUnicast)] };

    // Everything that it says until it has nothing more to say, each with its time: in milliseconds, since the beginning or else since later.
    private static List<(int At, DnsMessage Message)> Run(Responder responder)
    {
        var said = new List<(int, DnsMessage)>();
        while (responder.Due is var due && due < TimeSpan.MaxValue)
        {
            while (responder.Next(due) is { } message)
                said.Add(((int)(due < Later ? due : due - Later).TotalMilliseconds, message));
        }
        return said;
    }
}
