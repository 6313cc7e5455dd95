using Parley.Core.Discovery;
using Xunit;

namespace Parley.Core.Tests.Discovery;

public sealed class BrowserTests
{
    private static readonly DnsName Type = DnsName.Of("_claude-sessions", "_tcp", "local");
    private static readonly DnsQuestion Question = new(Type, DnsType.Ptr);
    private static readonly AnnouncedService Service = new(Type, "claude-sessions-abc", "parley-xyz", 21500, ["v=1"]);
    private static readonly byte[] Address4 = [10, 0, 0, 1];

    private readonly Browser _browser = new(Type);

    [Fact]
    public void It_asks_at_once_and_then_ever_less_often()
    {
        double[] asked = [.. Run(_browser, TimeSpan.FromHours(6)).Select(asked => asked.At.TotalSeconds)];

        Assert.Equal([0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 1023, 2047, 4095], asked.Take(13));
        Assert.Equal([4095 + 3600, 4095 + 7200], asked.Skip(13).Take(2));
    }

    [Fact]
    public void One_announcement_is_enough()
    {
        Hear(Announcement(Service));

        FoundService found = Assert.Single(_browser.Found());
        Assert.Equal(("claude-sessions-abc", 21500), (found.Instance, found.Port));
        Assert.Equal(Address4, Assert.Single(found.Addresses).ToArray());
        Assert.Equal("1", found.Attributes["v"]);
        Assert.Equal([Question], _browser.Next(TimeSpan.Zero)!.Questions);
    }

    [Fact]
    public void What_Avahi_announces_is_found_and_what_it_takes_back_is_gone()
    {
        Hear(DnsMessage.Read(Packets.Announcement)!);
        FoundService found = Assert.Single(_browser.Found());
        Assert.Equal(("claude-sessions-av", 22000, 2), (found.Instance, found.Port, found.Addresses.Count));

        Hear(DnsMessage.Read(Packets.Goodbye)!, 5);
        Assert.Equal(0, FoundAt(6));
    }

    [Fact]
    public void What_is_missing_is_asked_for()
    {
        _browser.Next(TimeSpan.Zero);

        Hear(Said(Service.SharedRecords[0]));
        Assert.Equal([new(Service.InstanceName, DnsType.Srv), new(Service.InstanceName, DnsType.Txt)], _browser.Next(TimeSpan.Zero)!.Questions);
        Hear(Said([.. Service.InstanceRecords]));
        Assert.Equal([new(Service.HostName, DnsType.A), new(Service.HostName, DnsType.Aaaa)], _browser.Next(TimeSpan.Zero)!.Questions);
        Assert.Empty(_browser.Found());
        Hear(Said([.. Service.HostRecords([Address4])]));

        Assert.Single(_browser.Found());
        Assert.Null(_browser.Next(TimeSpan.FromMilliseconds(999)));
    }

    [Fact]
    public void A_goodbye_removes_after_a_second_in_which_its_owner_may_object()
    {
        Hear(Announcement(Service));
        DnsMessage goodbye = Said([.. Announcement(Service).Answers.Select(record => record with { Ttl = 0 })]);

        Hear(goodbye, 10);
        Assert.InRange(_browser.Due(TimeSpan.FromSeconds(10.5)), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(11));
        Assert.Equal(1, FoundAt(10.9));
        Assert.Equal(0, FoundAt(11));

        Hear(Announcement(Service), 20);
        Hear(goodbye, 21);
        Hear(Announcement(Service), 21.5);
        Assert.Equal(1, FoundAt(23));
    }

    [Fact]
    public void A_sender_that_falls_silent_is_asked_again_and_gone_after_two_minutes()
    {
        _browser.Next(TimeSpan.Zero);
        Hear(Announcement(Service));

        (TimeSpan At, DnsMessage Query)[] asked = [.. Run(_browser, TimeSpan.FromSeconds(119)).Where(asked => asked.Query.Questions.Any(question => question.Type == DnsType.Srv))];

        Assert.Equal([96, 97, 99, 103, 111], asked.Select(query => query.At.TotalSeconds));
        Assert.Equal(1, FoundAt(119.9));
        Assert.Equal(0, FoundAt(120));
    }

    [Fact]
    public void An_answer_in_time_keeps_it()
    {
        Hear(Announcement(Service));
        FoundAt(96);
        Hear(Said([Service.InstanceRecords[0], .. Service.HostRecords([Address4])]), 97);

        Assert.Equal(1, FoundAt(130));
    }

    [Fact]
    public void A_new_address_replaces_the_old_one()
    {
        Hear(Announcement(Service));
        Hear(Said([.. Service.HostRecords([new byte[] { 10, 0, 0, 2 }])]), 5);

        Assert.Equal([10, 0, 0, 2], Assert.Single(_browser.Found().Single().Addresses).ToArray());
    }

    [Fact]
    public void Addresses_that_come_together_are_all_kept()
    {
        Hear(Said([.. Service.SharedRecords, .. Service.InstanceRecords, .. Service.HostRecords([Address4, new byte[] { 10, 0, 0, 2 }])]));

        Assert.Equal(2, _browser.Found().Single().Addresses.Count);
    }

    [Fact]
    public void What_is_known_for_long_enough_is_said_with_the_question()
    {
        for (int i = 0; i < 40; i++)
            Hear(Announcement(Service with { Instance = $"s{i}" }));

        DnsMessage query = _browser.Next(TimeSpan.FromSeconds(60))!;

        Assert.Equal(Browser.MaxKnownAnswers, query.Answers.Count);
        Assert.All(query.Answers, known => Assert.Equal((4440u, false), (known.Ttl, known.IsUnique)));
        Assert.InRange(query.Write().Length, 0, 1400);
        Assert.Empty(_browser.Next(TimeSpan.FromSeconds(3000))!.Answers);
    }

    [Fact]
    public void No_more_than_a_number_of_senders_is_kept_whatever_is_announced()
    {
        for (int i = 0; i < 2 * RecordCache.MaxPointers; i++)
            Hear(Announcement(Service with { Instance = $"s{i}", Host = $"h{i}" }));
        for (int i = 0; i < 50; i++)
            Hear(Said([.. (Service with { Instance = "s0", Port = (ushort)i, Host = "h0" }).InstanceRecords, .. (Service with { Host = "h0" }).HostRecords([new byte[] { 1, 2, 3, (byte)i }])]));

        Assert.Equal(RecordCache.MaxPointers, _browser.Found().Count());
        Assert.InRange(_browser.Found().Max(found => found.Addresses.Count), 1, RecordCache.MaxRecords);
    }

    [Fact]
    public void What_nothing_leads_to_is_not_kept()
    {
        Hear(Said([.. Service.InstanceRecords, .. Service.HostRecords([Address4])]));
        Hear(Said(Service.SharedRecords[0]), 1);
        Hear(Said(DnsRecord.Leading(Type, 4500, DnsName.Of("elsewhere", "_http", "_tcp", "local"))), 1);
        Hear(Announcement(Service with { Type = DnsName.Of("_http", "_tcp", "local") }), 1);

        Assert.Empty(_browser.Found());
        Assert.Equal([Question, new(Service.InstanceName, DnsType.Srv), new(Service.InstanceName, DnsType.Txt)], _browser.Next(TimeSpan.FromSeconds(1))!.Questions);
    }

    [Fact]
    public void Questions_of_others_tell_nothing()
    {
        Hear(Announcement(Service) with { IsResponse = false });

        Assert.Empty(_browser.Found());
    }

    [Fact]
    public void A_life_of_a_hundred_years_is_not_believed()
    {
        Hear(Said([.. Announcement(Service).Answers.Select(record => record with { Ttl = uint.MaxValue })]));

        Assert.Equal(1, FoundAt(4499));
        Assert.Equal(0, FoundAt(4500));
    }

    [Fact]
    public void What_a_responder_says_from_its_first_probe_to_its_goodbye_is_what_a_browser_needs()
    {
        var responder = new Responder(Service, [Address4], TimeSpan.Zero, new Random(1));
        TimeSpan? found = null;

        for (TimeSpan now = TimeSpan.Zero; now < TimeSpan.FromMinutes(10); now += TimeSpan.FromMilliseconds(50))
        {
            if (_browser.Next(now) is { } query)
                responder.Receive(DnsMessage.Read(query.Write())!, isOneShot: false, now);
            while (responder.Next(now) is { } message)
                _browser.Receive(DnsMessage.Read(message.Write())!, now);
            found ??= _browser.Found().Any() ? now : null;
            Assert.Equal(found is not null, _browser.Found().Any());
        }
        Hear(responder.Goodbye()!, 600);

        Assert.Equal(TimeSpan.FromMilliseconds(750), found);
        Assert.Equal(0, FoundAt(601));
    }

    private void Hear(DnsMessage message, double seconds = 0) => _browser.Receive(message, TimeSpan.FromSeconds(seconds));

    private int FoundAt(double seconds)
    {
        _browser.Next(TimeSpan.FromSeconds(seconds));
        return _browser.Found().Count();
    }

    private static DnsMessage Announcement(AnnouncedService service) => Said([.. service.SharedRecords, .. service.InstanceRecords, .. service.HostRecords([Address4])]);

    private static DnsMessage Said(params DnsRecord[] records) => new() { IsResponse = true, Answers = records };

    private static IEnumerable<(TimeSpan At, DnsMessage Query)> Run(Browser browser, TimeSpan until)
    {
        for (TimeSpan now = browser.Due(TimeSpan.Zero); now <= until; now = browser.Due(now))
        {
            if (browser.Next(now) is { } query)
                yield return (now, query);
        }
    }
}
