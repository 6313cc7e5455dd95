using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Parley.Core.Sessions;
using Xunit;

namespace Parley.Core.Tests.Sessions;

public sealed class BundleTests
{
    private const string Header = "{\"parley\":1,\"title\":\"t\"}\n";
    private const string Line = "{\"role\":\"user\",\"blocks\":[]}\n";

    private static readonly SessionHeader FullHeader = new()
    {
        Title = "Fix the \"tide\" table\n",
        Project = "tidewatch",
        Branch = "main",
        Model = "model-1",
        Date = new DateTimeOffset(2026, 2, 26, 18, 0, 0, 5, TimeSpan.Zero),
        Agent = "claude-code",
        SourceId = "abc",
    };

    [Fact]
    public async Task What_is_written_is_read_again()
    {
        Entry[] entries =
        [
            Blocks("[]"),
            Blocks("""[{"type":"text","text":"ünï\u0000\ud83d\ude00\ud800"}]""") with { Role = Role.Assistant, Model = "m", Usage = new Usage(long.MaxValue, 0) },
            Blocks("""[{"type":"later","deep":[[[{"a":[null,true,1e400]}]]]}]""") with
            {
                Role = Role.Event, Author = "Ada", Thread = "t1", Timestamp = new DateTimeOffset(2026, 2, 26, 18, 0, 0, 123, TimeSpan.Zero),
            },
        ];

        (SessionHeader header, List<Entry> read) = await ReadAsync(Write(FullHeader, entries));

        Assert.Equal(FullHeader, header);
        Assert.Equal(entries.Select(Text), read.Select(Text));
    }

    [Fact]
    public async Task It_does_not_matter_how_the_bytes_arrive()
    {
        byte[] bundle = Write(FullHeader, [Blocks("""[{"type":"text","text":"one"}]"""), Blocks("[]")]);
        var pipe = new Pipe();
        Task<(SessionHeader, List<Entry> Entries)> reading = ReadAsync(pipe.Reader);

        foreach (byte b in bundle)
            await pipe.Writer.WriteAsync(new[] { b });
        await pipe.Writer.CompleteAsync();

        Assert.Equal(2, (await reading).Entries.Count);
    }

    [Theory]
    [InlineData("", "The bundle is empty")]
    [InlineData("\n", "line 1")]
    [InlineData("[]\n", "line 1")]
    [InlineData("null\n", "line 1")]
    [InlineData("{\"parley\":\"1\",\"title\":\"t\"}\n", "version \"1\"")]
    [InlineData("{\"parley\":2,\"title\":\"t\"}\n", "version 2")]
    [InlineData("{\"parley\":1}\n", "needs a title")]
    [InlineData("{\"parley\":1,\"title\":5}\n", "\"title\" is a string")]
    [InlineData(Header, "cut off after 0 entries")]
    [InlineData(Header + Line, "cut off after 1 entries")]
    [InlineData(Header + "{\"role\":\"us", "line 2")]
    [InlineData(Header + "\n{\"entries\":0}\n", "line 2")]
    [InlineData(Header + "{\"blocks\":[]}\n{\"entries\":1}\n", "needs a role")]
    [InlineData(Header + "{\"role\":\"user\"}\n{\"entries\":1}\n", "needs its blocks")]
    [InlineData(Header + "{\"role\":\"user\",\"blocks\":{}}\n{\"entries\":1}\n", "are an array")]
    [InlineData(Header + "{\"role\":\"user\",\"blocks\":[1]}\n{\"entries\":1}\n", "is an object")]
    [InlineData(Header + "{\"role\":\"user\",\"blocks\":[]} {}\n{\"entries\":1}\n", "line 2")]
    [InlineData(Header + "{\"role\":\"user\",\"author\":1,\"blocks\":[]}\n{\"entries\":1}\n", "are strings")]
    [InlineData(Header + Line + "{\"entries\":3}\n", "announces 3 entries and holds 1")]
    [InlineData(Header + "{\"entries\":\"0\"}\n", "line 2")]
    [InlineData(Header + "{\"entries\":0}\n" + Line, "goes on after its end line")]
    public async Task What_is_not_a_bundle_is_refused_in_words(string bundle, string reason) =>
        Assert.Contains(reason, (await RefusedAsync(Encoding.UTF8.GetBytes(bundle))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Bytes_that_are_not_UTF8_are_refused() =>
        Assert.Contains("UTF-8", (await RefusedAsync([.. Encoding.UTF8.GetBytes(Header + "{\"role\":\"user\",\"blocks\":[{\"a\":\""), 0xFF, .. "\"}]}\n"u8])).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_header_that_is_not_UTF8_is_refused() =>
        Assert.Contains("UTF-8", (await RefusedAsync([.. "{\"parley\":1,\"title\":\""u8, 0xFF, .. "\"}\n"u8])).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Nesting_that_is_deeper_than_the_limit_is_refused_and_below_it_read()
    {
        string Nested(int depth) => Header + "{\"role\":\"user\",\"blocks\":[{\"a\":" + new string('[', depth) + new string(']', depth) + "}]}\n{\"entries\":1}\n";

        Assert.Single((await ReadAsync(Encoding.UTF8.GetBytes(Nested(JsonText.MaxDepth - 3)))).Entries);
        Assert.Contains("line 2", (await RefusedAsync(Encoding.UTF8.GetBytes(Nested(10_000)))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_line_over_the_limit_is_refused_before_it_is_held_whether_or_not_it_ends(bool ends)
    {
        byte[] bundle = Encoding.UTF8.GetBytes(Header + new string('x', 5000) + (ends ? "\n" : ""));

        BundleException refused = await RefusedAsync(bundle, maxLineBytes: 4000);

        Assert.True(refused.TooLarge);
        Assert.Contains("4000 bytes", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_of_exactly_the_limit_is_read()
    {
        string line = Line.TrimEnd();

        (_, List<Entry> entries) = await ReadAsync(PipeReader.Create(new MemoryStream(Encoding.UTF8.GetBytes(Header + Line + "{\"entries\":1}\n"))), line.Length);

        Assert.Single(entries);
    }

    [Fact]
    public void An_entry_in_JSON_leaves_out_what_is_not_known()
    {
        var json = new ArrayBufferWriter<byte>();

        EntryJson.Write(json, Blocks("[]"), seq: 3);

        Assert.Equal("{\"seq\":3,\"role\":\"user\",\"blocks\":[]}", Encoding.UTF8.GetString(json.WrittenSpan));
    }

    [Fact]
    public void Unknown_members_of_an_entry_are_skipped()
    {
        Entry entry = EntryJson.Read(Encoding.UTF8.GetBytes("""{"later":{"a":[1]},"role":"assistant","usage":{"input":1,"output":-5,"x":{}},"timestamp":"never","blocks":[{}]}"""));

        Assert.Equal((Role.Assistant, new Usage(1, 0), null), (entry.Role, entry.Usage, entry.Timestamp));
        Assert.Equal("[{}]", Encoding.UTF8.GetString(entry.Blocks.Span));
    }

    private static Entry Blocks(string json) => new() { Role = Role.User, Blocks = Encoding.UTF8.GetBytes(json) };

    private static byte[] Write(SessionHeader header, IEnumerable<Entry> entries)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var bundle = new BundleWriter(bytes);
        bundle.WriteHeader(header);
        foreach (Entry entry in entries)
            bundle.WriteEntry(entry);
        bundle.WriteEnd();
        return bytes.WrittenSpan.ToArray();
    }

    private static Task<(SessionHeader Header, List<Entry> Entries)> ReadAsync(byte[] bundle) => ReadAsync(PipeReader.Create(new MemoryStream(bundle)));

    private static async Task<(SessionHeader Header, List<Entry> Entries)> ReadAsync(PipeReader input, int maxLineBytes = BundleReader.DefaultMaxLineBytes)
    {
        var reader = new BundleReader(input, maxLineBytes);
        SessionHeader header = await reader.ReadHeaderAsync();
        return (header, await reader.ReadEntriesAsync().ToListAsync());
    }

    private static Task<BundleException> RefusedAsync(byte[] bundle, int maxLineBytes = BundleReader.DefaultMaxLineBytes) =>
        Assert.ThrowsAsync<BundleException>(() => ReadAsync(PipeReader.Create(new MemoryStream(bundle)), maxLineBytes));

    private static string Text(Entry entry)
    {
        var json = new ArrayBufferWriter<byte>();
        EntryJson.Write(json, entry);
        return Encoding.UTF8.GetString(json.WrittenSpan);
    }
}
