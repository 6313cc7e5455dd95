using System.IO.Compression;
using System.Text;
using Parley.Core.Transfer;
using Parley.Core.Transfer.Frames;
using Parley.Core.Transfer.Messages;
using Xunit;
using static Parley.Core.Tests.Transfer.HostileSender;

namespace Parley.Core.Tests.Transfer;

/// <summary>What a sender may try who knows the passphrase: each ends by name, with nothing written outside of the staging folder.</summary>
public sealed class HostileSenderTests : IAsyncLifetime
{
    private readonly HostileSender _sender = new();

    [Theory]
    [InlineData("../precious")]
    [InlineData("a/../../precious")]
    [InlineData("/etc/passwd")]
    [InlineData("//server/share/x")]
    [InlineData(@"\\server\share\x")]
    [InlineData(@"..\precious")]
    [InlineData("C:/x")]
    [InlineData("C:x")]
    [InlineData("~/x")]
    [InlineData("session.jsonl:stream")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("")]
    [InlineData("a/./b")]
    [InlineData(".ssh/authorized_keys")]
    [InlineData("session.jsonl.")]
    [InlineData("session.jsonl ")]
    [InlineData(" session.jsonl")]
    [InlineData("CON")]
    [InlineData("nul.txt")]
    [InlineData("a/Com1.jsonl")]
    [InlineData("lpt9 .txt")]
    [InlineData("SESSIO~1.JSO")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    [InlineData("\u001b[2J")]
    [InlineData("\u202egnp.exe")]
    [InlineData("caf\u00e9.txt")]
    [InlineData("\uff0e\uff0e/x")]
    [InlineData("a\u2215b")]
    [InlineData("a?b")]
    [InlineData("a*b")]
    [InlineData("a|b")]
    [InlineData("1/2/3/4/5/6/7")]
    public async Task Names_that_lead_elsewhere(string name)
    {
        TransferException failure = await _sender.FetchFailsAsync(Session((name, 5)));
        Assert.Equal(TransferFailure.UnsafeName, failure.Failure);
        Assert.DoesNotContain(failure.Message, c => char.IsControl(c) || c == '\u202e');
    }

    [Fact]
    public async Task Names_that_are_too_long()
    {
        Assert.Equal(TransferFailure.UnsafeName, (await _sender.FetchFailsAsync(Session((new string('a', 129), 5)))).Failure);
        Assert.False(SafePath.IsSafe(string.Join('/', Enumerable.Repeat(new string('a', 60), 4))));
    }

    [Theory]
    [InlineData("a.txt", "a.txt")]
    [InlineData("a.txt", "A.TXT")]
    [InlineData("a", "a/b")]
    [InlineData("a/b", "A")]
    [InlineData("sub/a", "SUB/b")]
    [InlineData("a/b/c", "a/B/d")]
    public async Task Names_that_are_one_file_on_some_systems(string one, string other) =>
        Assert.Equal(TransferFailure.UnsafeName, (await _sender.FetchFailsAsync(Session((one, 1), (other, 1)))).Failure);

    [Theory]
    [InlineData("s1")]
    [InlineData("s1/sub")]
    [InlineData("s1/sub/x.txt")]
    public async Task Links_that_wait_in_the_staging_folder(string link)
    {
        string path = Path.Combine(_sender.Staging, link);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (link.EndsWith(".txt", StringComparison.Ordinal))
            File.CreateSymbolicLink(path, Path.Combine(_sender.Outside, "precious"));
        else
            Directory.CreateSymbolicLink(path, _sender.Outside);

        TransferException failure = await _sender.FetchFailsAsync(Session(("sub/x.txt", 5)), FileStart("sub/x.txt"));
        Assert.Equal(TransferFailure.UnsafeName, failure.Failure);
        Assert.Contains("link", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_to_nothing_is_not_followed_either()
    {
        Directory.CreateDirectory(Path.Combine(_sender.Staging, "s1"));
        File.CreateSymbolicLink(Path.Combine(_sender.Staging, "s1", "x.txt"), Path.Combine(_sender.Outside, "made"));
        Assert.Equal(TransferFailure.UnsafeName, (await _sender.FetchFailsAsync(Session(("x.txt", 5)), FileStart("x.txt"))).Failure);
    }

    [Fact]
    public async Task Too_many_files()
    {
        (string, long)[] files = [.. Enumerable.Range(0, TransferLimits.FilesPerSession + 1).Select(i => ($"f{i}", 0L))];
        Assert.Equal(TransferFailure.TooMuch, (await _sender.FetchFailsAsync(Session(files))).Failure);
    }

    [Fact]
    public async Task No_files() => Assert.Equal(TransferFailure.TooMuch, (await _sender.FetchFailsAsync(Session())).Failure);

    [Theory]
    [InlineData(-1)]
    [InlineData(TransferLimits.BytesPerFile + 1)]
    [InlineData(long.MaxValue)]
    public async Task Files_that_are_too_big(long length) =>
        Assert.Equal(TransferFailure.TooMuch, (await _sender.FetchFailsAsync(Session(("a", length), ("b", length)))).Failure);

    [Fact]
    public async Task A_session_that_is_too_big()
    {
        (string, long)[] files = [("a", TransferLimits.BytesPerFile), ("b", TransferLimits.BytesPerFile), ("c", 1)];
        Assert.Equal(TransferFailure.TooMuch, (await _sender.FetchFailsAsync(Session(files))).Failure);
    }

    [Fact]
    public async Task Much_more_than_was_offered() =>
        Assert.Equal(TransferFailure.TooMuch, (await _sender.FetchFailsAsync(Session(("a", 2 * 100 + TransferLimits.GrowthBytes + 1)))).Failure);

    [Fact]
    public async Task More_bytes_than_were_announced()
    {
        TransferException failure = await _sender.FetchFailsAsync(async () =>
        {
            await _sender.SayAllAsync(Offer, Session(("a", 3)), FileStart("a"));
            await _sender.SayAsync(FrameKind.Chunk, "more than three"u8.ToArray());
        });
        Assert.Equal(TransferFailure.TooMuch, failure.Failure);
        Assert.Equal(0, new FileInfo(Path.Combine(_sender.Staging, "s1", "a")).Length);
    }

    [Fact]
    public async Task A_file_without_end()
    {
        TransferException failure = await _sender.FetchFailsAsync(async () =>
        {
            await _sender.SayAllAsync(Offer, Session(("a", 100_000)), FileStart("a"));
            for (int i = 0; i < 200; i++)
                await _sender.SayAsync(FrameKind.Chunk, new byte[1000]);
        });
        Assert.Equal(TransferFailure.TooMuch, failure.Failure);
        Assert.InRange(new FileInfo(Path.Combine(_sender.Staging, "s1", "a")).Length, 0, 100_000);
    }

    [Fact]
    public async Task Less_bytes_than_were_announced()
    {
        TransferException failure = await _sender.FetchFailsAsync(Session(("a", 3)), FileStart("a"), Digest([]));
        Assert.Equal(TransferFailure.Unexpected, failure.Failure);
    }

    [Fact]
    public async Task Chunks_with_nothing_in_them()
    {
        TransferException failure = await _sender.FetchFailsAsync(async () =>
        {
            await _sender.SayAllAsync(Offer, Session(("a", 3)), FileStart("a"));
            await _sender.SayAsync(FrameKind.Chunk, []);
            await _sender.SayAsync(FrameKind.Chunk, []);
        });
        Assert.Equal(TransferFailure.Malformed, failure.Failure);
    }

    [Fact]
    public async Task A_wrong_digest()
    {
        TransferException failure = await _sender.FetchFailsAsync(async () =>
        {
            await _sender.SayAllAsync(Offer, Session(("a", 3)), FileStart("a"));
            await _sender.SayAsync(FrameKind.Chunk, "one"u8.ToArray());
            await _sender.SayAsync(Digest("two"u8.ToArray()));
        });
        Assert.Equal(TransferFailure.WrongDigest, failure.Failure);
        Assert.False(File.Exists(Path.Combine(_sender.Staging, "s1", "a")));
    }

    [Fact]
    public async Task A_bomb()
    {
        byte[] bomb = Compressed(new byte[100_000_000]);
        Assert.InRange(bomb.Length, 1, 1000);
        Assert.Equal(TransferFailure.BadCompression, await CompressedFailsAsync(bomb));
    }

    [Fact]
    public async Task A_chunk_that_is_a_byte_too_large()
    {
        Assert.Equal(TransferFailure.BadCompression, await CompressedFailsAsync(Compressed(new byte[TransferLimits.ChunkBytes + 1])));
    }

    [Fact]
    public async Task Compression_that_is_none() => Assert.Equal(TransferFailure.BadCompression, await CompressedFailsAsync("not compressed at all"u8.ToArray()));

    [Fact]
    public async Task Compression_that_breaks_off() =>
        Assert.Equal(TransferFailure.BadCompression, await CompressedFailsAsync(Compressed(Encoding.UTF8.GetBytes(string.Join(' ', Enumerable.Range(0, 9999))))[..^9]));

    [Fact]
    public async Task Another_session_than_was_asked_for() => Assert.Equal(
        TransferFailure.Unexpected, (await _sender.FetchFailsAsync(Session(("a", 3)).Replace("s1", "s2", StringComparison.Ordinal))).Failure);

    [Fact]
    public async Task A_session_of_another_agent_than_was_offered() => Assert.Equal(
        TransferFailure.Unexpected, (await _sender.FetchFailsAsync(Session(("a", 3)).Replace("claude-code", "codex", StringComparison.Ordinal))).Failure);

    [Fact]
    public async Task Another_file_than_was_announced() =>
        Assert.Equal(TransferFailure.Unexpected, (await _sender.FetchFailsAsync(Session(("a", 3)), FileStart("b"))).Failure);

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(4)]
    [InlineData(long.MaxValue)]
    public async Task A_part_of_a_file_that_the_receiver_does_not_have(long offset) =>
        Assert.Equal(TransferFailure.Unexpected, (await _sender.FetchFailsAsync(Session(("a", 3)), FileStart("a", offset))).Failure);

    [Fact]
    public async Task A_chunk_where_a_message_is_due()
    {
        TransferException failure = await _sender.FetchFailsAsync(async () =>
        {
            await _sender.SayAsync(Offer);
            await _sender.SayAsync(FrameKind.Chunk, "chunk"u8.ToArray());
        });
        Assert.Equal(TransferFailure.Unexpected, failure.Failure);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("{\"type\":\"\"}")]
    [InlineData("{\"type\":7}")]
    [InlineData("{\"type\":\"execute\",\"command\":\"x\"}")]
    [InlineData("{\"type\":\"session\"}")]
    [InlineData("{\"type\":\"session\",\"id\":null,\"agent\":\"claude-code\",\"origin\":{},\"files\":[]}")]
    [InlineData("{\"type\":\"session\",\"id\":\"s1\",\"agent\":\"claude-code\",\"origin\":null,\"files\":[]}")]
    [InlineData("{\"type\":\"session\",\"id\":\"s1\",\"agent\":\"claude-code\",\"origin\":{},\"files\":null}")]
    [InlineData("{\"type\":\"session\",\"id\":\"s1\",\"agent\":\"claude-code\",\"origin\":{},\"files\":[null]}")]
    [InlineData("{\"type\":\"session\",\"id\":\"s1\",\"agent\":\"claude-code\",\"origin\":{},\"files\":[{\"name\":\"a\"}]}")]
    [InlineData("{\"type\":\"session\",\"id\":\"s1\",\"agent\":\"claude-code\",\"origin\":{},\"files\":[{\"name\":\"a\",\"length\":1e300}]}")]
    [InlineData("{\"type\":\"session\",\"id\":\"s1\",\"agent\":\"claude-code\",\"origin\":{},\"files\":[{\"name\":\"a\",\"length\":1.5}]}")]
    [InlineData("{\"type\":\"session\",\"id\":\"s1\",\"agent\":\"claude-code\",\"origin\":{},\"files\":[{\"name\":\"\\ud800\",\"length\":1}]}")]
    [InlineData("{\"type\":\"session\",\"id\":\"s1\",\"id\":\"s1\",\"agent\":\"claude-code\",\"origin\":{},\"files\":[]}")]
    [InlineData("{\"type\":\"session\",\"id\":\"s1\"")]
    [InlineData("{\"type\":\"goodbye\",\"x\":[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]}")]
    public async Task Messages_that_are_none(string json) =>
        Assert.Equal(TransferFailure.Malformed, (await _sender.FetchFailsAsync(json)).Failure);

    [Fact]
    public async Task A_message_that_is_no_text()
    {
        byte[] json = [.. "{\"type\":\"goodbye\",\"x\":\""u8, 0xC3, 0x28, .. "\"}"u8];
        TransferException failure = await _sender.FetchFailsAsync(async () =>
        {
            await _sender.SayAsync(Offer);
            await _sender.SayAsync(json);
        });
        Assert.Contains(failure.Failure, (TransferFailure[])[TransferFailure.Malformed, TransferFailure.Unexpected]);
    }

    [Theory]
    [InlineData("{\"type\":\"goodbye\"}")]
    [InlineData("{\"type\":\"whole\",\"id\":\"s1\"}")]
    [InlineData(HostileSender.Offer)]
    public async Task Messages_that_are_not_due(string json) =>
        Assert.Equal(TransferFailure.Unexpected, (await _sender.FetchFailsAsync(json)).Failure);

    [Fact]
    public async Task A_kind_of_frame_that_there_is_not()
    {
        TransferException failure = await _sender.FetchFailsAsync(() => _sender.SayAsync((FrameKind)9, [1]));
        Assert.Equal(TransferFailure.Malformed, failure.Failure);
    }

    [Theory]
    [InlineData((int)FrameKind.Message, TransferLimits.MessageBytes + 1)]
    [InlineData((int)FrameKind.Chunk, TransferLimits.ChunkBytes + 1)]
    [InlineData((int)FrameKind.CompressedChunk, TransferLimits.ChunkBytes + 1)]
    public async Task Frames_with_more_in_them_than_is_taken(int kind, int length)
    {
        TransferException failure = await _sender.FetchFailsAsync(() => _sender.SayAsync((FrameKind)kind, new byte[length]));
        Assert.Equal(TransferFailure.TooLong, failure.Failure);
    }

    [Fact]
    public async Task Paths_that_are_too_long()
    {
        string home = "/" + new string('h', TransferLimits.PathCharacters);
        TransferException failure = await _sender.FetchFailsAsync(Session(("a", 1)).Replace("{}", $$"""{"home":"{{home}}"}""", StringComparison.Ordinal));
        Assert.Equal(TransferFailure.TooLong, failure.Failure);
    }

    [Theory]
    [InlineData("\"s1\"", TransferLimits.IdCharacters)]
    [InlineData("\"claude-code\"", TransferLimits.AgentCharacters)]
    public async Task Ids_and_agents_that_are_too_long(string replaced, int most)
    {
        string offer = Offer.Replace(replaced, $"\"{new string('x', most + 1)}\"", StringComparison.Ordinal);
        Assert.Equal(TransferFailure.Malformed, (await _sender.FetchFailsAsync(() => _sender.SayAsync(offer))).Failure);
    }

    [Fact]
    public async Task An_offer_without_end()
    {
        TransferException failure = await _sender.FetchFailsAsync(async () =>
        {
            for (int i = 0; i <= TransferLimits.SessionsPerOffer / 100; i++)
                await _sender.SayAsync(Page(Enumerable.Range(100 * i, 100).Select(n => $"s{n}"), more: true));
        });
        Assert.Equal(TransferFailure.TooMuch, failure.Failure);
    }

    [Fact]
    public async Task An_offer_of_empty_pages() =>
        Assert.Equal(TransferFailure.Malformed, (await _sender.FetchFailsAsync(() => _sender.SayAsync(Page([], more: true)))).Failure);

    [Theory]
    [InlineData("s1", "s1")]
    [InlineData("s1", "S1")]
    public async Task Two_sessions_of_one_id(string one, string other) =>
        Assert.Equal(TransferFailure.Malformed, (await _sender.FetchFailsAsync(() => _sender.SayAsync(Page([one, other], more: false)))).Failure);

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData(".x")]
    [InlineData("nul")]
    [InlineData("a b")]
    public async Task Ids_that_are_no_plain_names(string id) =>
        Assert.Equal(TransferFailure.Malformed, (await _sender.FetchFailsAsync(() => _sender.SayAsync(Page([id], more: false)))).Failure);

    [Theory]
    [InlineData("\"summary\":\"x\"", "\"summary\":\"LONG\"", TransferFailure.TooLong)]
    [InlineData("\"summary\":\"x\"", "\"summary\":\"x\",\"branch\":\"LONG\"", TransferFailure.TooLong)]
    [InlineData("\"summary\":\"x\"", "\"summary\":null", TransferFailure.Malformed)]
    [InlineData("\"summary\":\"x\",", "", TransferFailure.Malformed)]
    [InlineData("\"bytes\":100", "\"bytes\":-1", TransferFailure.TooMuch)]
    [InlineData("\"bytes\":100", "\"bytes\":9223372036854775807", TransferFailure.TooMuch)]
    [InlineData("\"bytes\":100", "\"messages\":-5", TransferFailure.TooMuch)]
    [InlineData("\"bytes\":100", "\"modified\":\"yesterday\"", TransferFailure.Malformed)]
    [InlineData("[{", "[null,{", TransferFailure.Malformed)]
    public async Task Sessions_that_are_described_beyond_the_limits(string replaced, string by, TransferFailure expected)
    {
        string offer = Offer.Replace(replaced, by.Replace("LONG", new string('x', TransferLimits.TextCharacters + 1), StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(expected, (await _sender.FetchFailsAsync(() => _sender.SayAsync(offer))).Failure);
    }

    [Fact]
    public async Task A_preview_that_is_too_long()
    {
        await _sender.SayAllAsync(Offer, $$"""{"type":"previewed","id":"s1","text":"{{new string('x', TransferLimits.PreviewBytes + 1)}}"}""");
        var failure = await Assert.ThrowsAsync<TransferException>(() => _sender.Receiving.PreviewAsync("s1"));
        Assert.Equal(TransferFailure.TooLong, failure.Failure);
    }

    [Fact]
    public async Task A_preview_of_another_session()
    {
        await _sender.SayAllAsync(Offer, """{"type":"previewed","id":"s2","text":"x"}""");
        var failure = await Assert.ThrowsAsync<TransferException>(() => _sender.Receiving.PreviewAsync("s1"));
        Assert.Equal(TransferFailure.Unexpected, failure.Failure);
    }

    [Fact]
    public async Task An_error_text_that_drives_a_terminal()
    {
        TransferException failure = await _sender.FetchFailsAsync("{\"type\":\"error\",\"failure\":\"x\",\"message\":\"\\u001b[2Jgone\\r\\n" + new string('x', 5000) + "\"}");
        Assert.Equal(TransferFailure.EndedByOther, failure.Failure);
        Assert.DoesNotContain(failure.Message, char.IsControl);
        Assert.InRange(failure.Message.Length, 1, TransferLimits.ErrorCharacters + 100);
    }

    [Fact]
    public async Task Hanging_up_in_the_middle()
    {
        TransferException failure = await _sender.FetchFailsAsync(async () =>
        {
            await _sender.SayAllAsync(Offer, Session(("a", 10)), FileStart("a"));
            await _sender.SayAsync(FrameKind.Chunk, "half "u8.ToArray());
        });
        Assert.Equal(TransferFailure.CutOff, failure.Failure);
        Assert.Equal("half ", await File.ReadAllTextAsync(Path.Combine(_sender.Staging, "s1", "a")));
    }

    [Fact]
    public async Task What_a_later_version_may_add_is_no_attack()
    {
        await _sender.SayAllAsync(
            Offer.Replace("\"id\"", "\"colour\":{\"a\":[1]},\"id\"", StringComparison.Ordinal),
            Session(("a", 3)).Replace("\"origin\":{", "\"later\":[{}],\"origin\":{\"host\":1", StringComparison.Ordinal).Replace("\"length\"", "\"mode\":7,\"length\"", StringComparison.Ordinal),
            """{"offset":0,"new":null,"name":"a","type":"file"}""");
        await _sender.SayAsync(FrameKind.Chunk, "one"u8.ToArray());
        await _sender.SayAsync(Digest("one"u8.ToArray()));

        ReceivedSession received = await _sender.FetchAsync();

        Assert.Equal("one", await File.ReadAllTextAsync(Path.Combine(received.Folder, "a")));
    }

    [Fact]
    public void The_largest_session_that_is_allowed_fits_a_message()
    {
        string Name(int i) => $"{i:D4}".PadRight(SafeSegment, 'n') + "/" + new string('n', TransferLimits.NameCharacters - SafeSegment - 1);
        var have = new ChooseMessage(new string('i', TransferLimits.IdCharacters), [.. Enumerable.Range(0, TransferLimits.FilesPerSession).Select(i => new PartMessage(Name(i), TransferLimits.BytesPerFile, new byte[32]))]);
        byte[] json = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(have, MessageJson.Relaxed.TransferMessage);
        Assert.InRange(json.Length, 1, TransferLimits.MessageBytes);
    }

    private const int SafeSegment = 100;

    private static byte[] Compressed(byte[] content)
    {
        var compressed = new byte[BrotliEncoder.GetMaxCompressedLength(content.Length)];
        Assert.True(BrotliEncoder.TryCompress(content, compressed, out int written));
        return compressed[..written];
    }

    private async Task<TransferFailure> CompressedFailsAsync(byte[] content) => (await _sender.FetchFailsAsync(async () =>
    {
        await _sender.SayAllAsync(Offer.Replace("100", "9000000000", StringComparison.Ordinal), Session(("a", 200_000_000)), FileStart("a"));
        await _sender.SayAsync(FrameKind.CompressedChunk, content);
    })).Failure;

    private static string Page(IEnumerable<string> ids, bool more) =>
        $$"""{"type":"offer","sessions":[{{string.Join(',', ids.Select(id => $"{{\"id\":\"{id}\",\"agent\":\"claude-code\",\"summary\":\"x\"}}"))}}],"more":{{(more ? "true" : "false")}}}""";

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _sender.DisposeAsync();
}
