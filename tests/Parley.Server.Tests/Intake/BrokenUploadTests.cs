using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Parley.Server.Data;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Intake;

public sealed class BrokenUploadsOnSqlite(ServerFixture<Sqlite> fixture) : BrokenUploadTests<Sqlite>(fixture);

public sealed class BrokenUploadsOnPostgres(ServerFixture<Postgres> fixture) : BrokenUploadTests<Postgres>(fixture);

/// <summary>Senders that stop in the middle or take their time.</summary>
public abstract class BrokenUploadTests<TDatabase>(ServerFixture<TDatabase> fixture) : IClassFixture<ServerFixture<TDatabase>>
    where TDatabase : ITestDatabase, new()
{
    private RunningServer Server => fixture.Server;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_that_breaks_in_the_middle_leaves_nothing_behind(bool byReset)
    {
        long before = await BrokenUploadsAsync();
        using (TcpClient sender = await BeginAsync("broken"))
        {
            if (byReset)
                sender.LingerState = new LingerOption(true, 0);
        }

        await Eventually.TrueAsync(async () => await BrokenUploadsAsync() > before);
        Assert.Equal(0, await RowsAsync("broken"));
    }

    [Fact]
    public async Task A_slow_sender_blocks_nobody()
    {
        using TcpClient slow = await BeginAsync("slow");

        string id = await Server.ShareAsync("quick");

        Assert.Equal(["quick"], await Server.Anyone.TextsAsync(id));
        Assert.Equal(0, await RowsAsync("slow"));
        Assert.Empty(Directory.GetFiles(Path.GetTempPath(), "parley-spool-*"));

        await slow.GetStream().WriteAsync(Encoding.ASCII.GetBytes(Chunk("{\"entries\":1}\n") + "0\r\n\r\n"));
        string answer = await new StreamReader(slow.GetStream()).ReadLineAsync() ?? "";
        Assert.Equal("HTTP/1.1 201 Created", answer);
        Assert.Equal(1, await RowsAsync("slow"));
    }

    // An upload that the server is reading: it has said so, and been sent the header and one entry.
    private async Task<TcpClient> BeginAsync(string text)
    {
        var address = new Uri(Server.Address);
        var client = new TcpClient(address.Host, address.Port);
        string head = $"POST /api/sessions HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer {Server.Key}\r\n" +
            "Content-Type: application/vnd.parley.bundle+jsonl\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
        byte[] go = new byte["HTTP/1.1 100 Continue\r\n\r\n".Length];
        await client.GetStream().ReadExactlyAsync(go);
        string body = Chunk("{\"parley\":1,\"title\":\"t\"}\n") + Chunk("{\"role\":\"user\",\"blocks\":[{\"type\":\"text\",\"text\":\"" + text + "\"}]}\n");
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(body));
        return client;
    }

    // 499 and 400 are what the server counts when the sender is gone; nobody is there to be answered.
    private async Task<long> BrokenUploadsAsync()
    {
        string metrics = await Server.Anyone.GetStringAsync("/metrics");
        return Regex.Matches(metrics, "route=\"/api/sessions\",status=\"4\\d\\d\"} (\\d+)")
            .Sum(count => long.Parse(count.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
    }

    private static string Chunk(string text) => $"{text.Length:x}\r\n{text}\r\n";

    private async Task<long> RowsAsync(string text) => await Server.Get<Database>().ReadAsync(
        c => c.FirstAsync("SELECT count(*) FROM messages WHERE search_text LIKE $1 || '%'", row => row.Number(0), default, text));
}
