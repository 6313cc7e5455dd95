using Parley.Core.Discovery;
using Xunit;

namespace Parley.Core.Tests.Discovery;

/// <summary>Whoever is on the network may send anything.</summary>
public sealed class HostilePacketTests
{
    private static readonly byte[] OneQuestion = [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], OneAnswer = [0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0];

    [Fact]
    public void No_damage_makes_the_reader_or_what_it_reads_throw()
    {
        var random = new Random(20261120);
        int read = 0;
        for (int round = 0; round < 30_000; round++)
        {
            byte[] damaged = Packets.All[random.Next(Packets.All.Count)];
            for (int times = random.Next(1, 8); times > 0; times--)
                damaged = Damage(damaged, random);
            if (DnsMessage.Read(damaged) is not { } message)
                continue;
            read++;
            Use(message);
        }
        Assert.InRange(read, 3_000, 30_000);
    }

    [Fact]
    public void Any_bytes_after_a_header_are_survived()
    {
        var random = new Random(7);
        var packet = new byte[600];
        for (int round = 0; round < 20_000; round++)
        {
            random.NextBytes(packet);
            ((byte[])[0, 0, 0x84, 0, 0, (byte)random.Next(3), 0, (byte)random.Next(9), 0, (byte)random.Next(3), 0, (byte)random.Next(9)]).CopyTo(packet, 0);
            if (DnsMessage.Read(packet.AsSpan(0, random.Next(packet.Length))) is { } message)
                Use(message);
        }
    }

    [Fact]
    public void What_is_cut_off_anywhere_is_not_a_message()
    {
        foreach (byte[] packet in Packets.All)
            Assert.All(Enumerable.Range(0, packet.Length), length => Assert.Null(DnsMessage.Read(packet.AsSpan(0, length))));
    }

    [Theory]
    [InlineData(new byte[] { 0xC0, 12 })]
    [InlineData(new byte[] { 0xC0, 14, 0xC0, 12 })]
    [InlineData(new byte[] { 1, (byte)'a', 0xC0, 12 })]
    [InlineData(new byte[] { 0xC0, 200 })]
    [InlineData(new byte[] { 0xFF, 0xFF })]
    [InlineData(new byte[] { 0xC0 })]
    [InlineData(new byte[] { 0x40, 0, 0 })]
    [InlineData(new byte[] { 0x80, 0, 0 })]
    public void Names_that_go_in_circles_or_nowhere_are_refused(byte[] name) => Assert.Null(DnsMessage.Read([.. OneQuestion, .. name, 0, 12, 0, 1]));

    [Fact]
    public void Names_of_more_than_255_bytes_are_refused_however_they_come_about()
    {
        byte[] label = [63, .. new byte[63]];

        Assert.Null(DnsMessage.Read([.. OneQuestion, .. label, .. label, .. label, .. label, 0, 0, 12, 0, 1]));
        // A name whose every label is written once, and read again through a pointer by the next record.
        byte[] packet = [0, 0, 0x84, 0, 0, 0, 0, 5, 0, 0, 0, 0];
        int before = 0;
        for (int record = 0; record < 5; record++)
        {
            int at = packet.Length;
            packet = [.. packet, .. label, .. record == 0 ? (byte[])[0] : [(byte)(0xC0 | before >> 8), (byte)before], 0, 99, 0, 1, 0, 0, 0, 0, 0, 0];
            before = at;
        }
        Assert.Null(DnsMessage.Read(packet));
    }

    [Fact]
    public void A_chain_of_pointers_over_the_whole_packet_ends()
    {
        const int RootAt = 12 + 11, Count = 2000;
        byte[] chain = [0, .. Enumerable.Range(0, Count).SelectMany(i => Pointer(i == 0 ? RootAt : RootAt + 1 + (i - 1) * 2))];
        byte[] holder = [0, 0, 99, 0, 1, 0, 0, 0, 9, (byte)(chain.Length >> 8), (byte)chain.Length, .. chain];
        byte[] user = [.. Pointer(RootAt + 1 + (Count - 1) * 2), 0, 16, 0, 1, 0, 0, 0, 9, 0, 1, 0];

        DnsMessage message = DnsMessage.Read([0, 0, 0x84, 0, 0, 0, 1, 0x2C, 0, 0, 0, 0, .. holder, .. Enumerable.Repeat(user, 299).SelectMany(bytes => bytes)])!;

        Assert.Equal(300, message.Answers.Count(record => record.Name.IsRoot));
    }

    [Theory]
    [InlineData(1, new byte[] { 1, 2, 3 })]
    [InlineData(28, new byte[] { 1, 2, 3, 4 })]
    [InlineData(16, new byte[] { 5, 1 })]
    [InlineData(12, new byte[] { 1 })]
    [InlineData(12, new byte[] { 0, 0 })]
    [InlineData(33, new byte[] { 0, 0, 0, 0, 0 })]
    [InlineData(33, new byte[] { 0, 0, 0, 0, 0, 1 })]
    [InlineData(47, new byte[] { })]
    public void A_record_whose_data_are_malformed_is_left_out_and_the_next_one_read(byte type, byte[] data)
    {
        byte[] good = [0, 0, 16, 0, 1, 0, 0, 0, 9, 0, 2, 1, (byte)'x'];
        byte[] packet = [0, 0, 0x84, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, type, 0, 1, 0, 0, 0, 9, 0, (byte)data.Length, .. data, .. good];

        Assert.Equal("x", Assert.Single(DnsMessage.Read(packet)!.Answers).Attributes().Keys.Single());
    }

    [Fact]
    public void A_name_in_a_record_does_not_go_on_after_its_end()
    {
        byte[] packet = [.. OneAnswer, 0, 0, 12, 0, 1, 0, 0, 0, 9, 0, 1, 1, (byte)'x', 0];

        Assert.Empty(DnsMessage.Read(packet)!.Answers);
    }

    [Fact]
    public void Other_classes_are_left_out()
    {
        Assert.Empty(DnsMessage.Read([.. OneAnswer, 0, 0, 1, 0, 3, 0, 0, 0, 9, 0, 4, 1, 2, 3, 4])!.Answers);
        Assert.Empty(DnsMessage.Read([.. OneQuestion, 0, 0, 12, 0, 3])!.Questions);
        Assert.Single(DnsMessage.Read([.. OneQuestion, 0, 0, 12, 0x80, 255])!.Questions, question => question.WantsUnicast);
    }

    [Theory]
    [InlineData(0x08, 0)]
    [InlineData(0x84, 3)]
    public void Other_operations_and_errors_are_no_messages_of_multicast_DNS(byte flags, byte result) => Assert.Null(DnsMessage.Read([0, 0, flags, result, 0, 0, 0, 0, 0, 0, 0, 0]));

    [Fact]
    public void A_packet_over_the_limit_is_refused()
    {
        var packet = new byte[DnsMessage.MaxBytes + 1];

        Assert.Null(DnsMessage.Read(packet));
        Assert.NotNull(DnsMessage.Read(packet.AsSpan(1)));
    }

    private static byte[] Pointer(int place) => [(byte)(0xC0 | place >> 8), (byte)place];

    // Everything that is done with a message.
    private static void Use(DnsMessage message)
    {
        DnsName type = DnsName.Of("_claude-sessions", "_tcp", "local");
        var browser = new Browser(type);
        browser.Receive(message with { IsResponse = true }, TimeSpan.Zero);
        browser.Next(TimeSpan.FromSeconds(1))?.Write();
        Assert.All(browser.Found(), found => Assert.NotEmpty(found.Addresses));
        var service = new AnnouncedService(type, "claude-sessions-av", "vm", 1, []);
        NameConflict.IsIn(message, service, new HashSet<DnsRecord>(), isProbing: true);
        var responder = new Responder(service, [new byte[4]], TimeSpan.Zero, new Random(1));
        for (int step = 0; step < 5; step++)
            responder.Next(TimeSpan.FromSeconds(step));
        responder.Receive(message, isOneShot: true, TimeSpan.FromSeconds(9))?.Write();
        DnsMessage.Read(message.Write());
    }

    private static byte[] Damage(byte[] packet, Random random)
    {
        int at = random.Next(packet.Length);
        return random.Next(6) switch
        {
            0 => [.. packet[..at], .. packet[random.Next(packet.Length)..]],
            1 => [.. packet[..at], (byte)random.Next(256), .. packet[at..]],
            2 => [.. packet[..at], 0xC0, (byte)random.Next(packet.Length), .. packet[Math.Min(at + 2, packet.Length)..]],
            3 => packet.Length < 3000 ? [.. packet, .. packet[at..]] : packet,
            _ => [.. packet[..at], (byte)random.Next(256), .. packet[(at + 1)..]],
        } is { Length: > 0 } damaged ? damaged : packet;
    }
}
