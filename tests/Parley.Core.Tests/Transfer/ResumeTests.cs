using Parley.Core.Tests.Transcripts;
using Parley.Core.Transfer;
using Xunit;

namespace Parley.Core.Tests.Transfer;

/// <summary>A transfer that broke goes on where it stopped, and sees when the sender's file is no longer the same.</summary>
public sealed class ResumeTests : IDisposable
{
    private const int CutAfter = 5;
    private const int Received = (CutAfter - 3) * TransferLimits.ChunkBytes;
    private static readonly byte[] Content = SomeSession.Lines(120_000);

    private readonly Scratch _staging = new();
    private readonly List<long> _sentAtOnce = [];

    [Fact]
    public async Task Only_the_rest_is_sent()
    {
        await BreakAsync();
        await ArrivesAsync(Content);
        Assert.Equal(Received, _sentAtOnce[0]);
        Assert.Equal(Content.Length, _sentAtOnce[^1]);
    }

    [Fact]
    public async Task After_any_number_of_breaks()
    {
        for (int i = 0; i < 4; i++)
            await BreakAsync();
        await ArrivesAsync(Content);
        Assert.True(_sentAtOnce[0] > Received);
    }

    [Fact]
    public async Task Wherever_and_however_often_the_line_is_cut_the_session_arrives()
    {
        for (int seed = 0; seed < 15; seed++)
        {
            var random = new Random(seed);
            (string, byte[])[] files = [("session.jsonl", Noise(random)), .. Enumerable.Range(0, random.Next(6)).Select(i => ($"subagents/agent-{i}.jsonl", Noise(random)))];
            var session = new SomeSession($"s{seed}", files);
            ReceivedSession? received = null;
            for (int cut = 1; received is null; cut += 1 + random.Next(4))
            {
                await using Line line = Line.Ready(new Meddler((_, piece) => [piece]) { CutsAt = cut }.Join());
                _ = SomeSession.Sending(line.Sender, session).RunAsync();
                received = await OrCutOffAsync(new ReceivingSide(line.Receiver).FetchAsync(session.Id, _staging.Folder));
            }
            foreach ((string name, byte[] content) in files)
                Assert.Equal(content, await File.ReadAllBytesAsync(Path.Combine(received.Folder, name)));
        }
    }

    [Fact]
    public async Task A_file_that_grew_goes_on_too()
    {
        await BreakAsync();
        await ArrivesAsync([.. Content, .. "more\n"u8]);
        Assert.Equal(Received, _sentAtOnce[0]);
    }

    [Fact]
    public async Task A_file_that_changed_begins_anew()
    {
        await BreakAsync();
        byte[] changed = [.. Content];
        changed[10] ^= 1;
        await ArrivesAsync(changed);
        Assert.Equal(0, _sentAtOnce[0]);
    }

    [Fact]
    public async Task A_file_that_shrank_begins_anew()
    {
        await BreakAsync();
        await ArrivesAsync(Content[..100]);
        Assert.Equal(0, _sentAtOnce[0]);
    }

    [Fact]
    public async Task What_was_damaged_on_the_way_to_the_disk_begins_anew()
    {
        await BreakAsync();
        string file = Path.Combine(_staging.Folder, "s1", "session.jsonl");
        byte[] damaged = await File.ReadAllBytesAsync(file);
        damaged[^1] ^= 1;
        await File.WriteAllBytesAsync(file, damaged);
        await ArrivesAsync(Content);
        Assert.Equal(0, _sentAtOnce[0]);
    }

    [Fact]
    public async Task What_is_whole_is_not_sent_again()
    {
        await ArrivesAsync(Content);
        await ArrivesAsync(Content);
        Assert.Equal([Content.Length], _sentAtOnce);
    }

    [Fact]
    public async Task Files_that_the_session_no_longer_has_go_away()
    {
        string old = Path.Combine(_staging.Folder, "s1", "subagents");
        Directory.CreateDirectory(Path.GetDirectoryName(old)!);
        await File.WriteAllTextAsync(old, "once a file");
        ReceivedSession received = await ArrivesAsync(Content, ("subagents/agent-a1.jsonl", "x"u8.ToArray()));
        Assert.Equal("x", await File.ReadAllTextAsync(Path.Combine(received.Folder, "subagents", "agent-a1.jsonl")));
    }

    [Fact]
    public async Task A_folder_that_is_a_file_now_gives_way()
    {
        await ArrivesAsync(Content, ("a/b/c.txt", "x"u8.ToArray()));
        ReceivedSession received = await ArrivesAsync(Content, ("a", "a file"u8.ToArray()));
        Assert.Equal("a file", await File.ReadAllTextAsync(Path.Combine(received.Folder, "a")));
    }

    [Fact]
    public async Task A_folder_that_can_not_be_written_is_named_to_both_sides()
    {
        await using Line line = Line.Ready();
        Task<SendOutcome> sending = Sending(line, Content).RunAsync();
        string file = Path.Combine(_staging.Folder, "a-file");
        await File.WriteAllTextAsync(file, "");
        var failure = await Assert.ThrowsAsync<TransferException>(() => new ReceivingSide(line.Receiver).FetchAsync("s1", file));
        Assert.Equal(TransferFailure.NotStored, failure.Failure);
        Assert.Contains(file, failure.Message, StringComparison.Ordinal);
        var told = await Assert.ThrowsAsync<TransferException>(() => sending);
        Assert.Equal(TransferFailure.EndedByOther, told.Failure);
        Assert.DoesNotContain(_staging.Folder, told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_else_can_read_what_is_staged()
    {
        if (OperatingSystem.IsWindows())
            return;
        ReceivedSession received = await ArrivesAsync(Content, ("tool-results/a.txt", "x"u8.ToArray()));
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        foreach (string path in (string[])[received.Folder, .. Directory.GetFileSystemEntries(received.Folder, "*", SearchOption.AllDirectories)])
            Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(path) & others);
    }

    private static byte[] Noise(Random random)
    {
        var noise = new byte[random.Next(3) == 0 ? random.Next(100) : random.Next(3 * TransferLimits.ChunkBytes)];
        random.NextBytes(noise.AsSpan(noise.Length / 2));
        return noise;
    }

    private static async Task<ReceivedSession?> OrCutOffAsync(Task<ReceivedSession> fetching)
    {
        try
        {
            return await fetching;
        }
        catch (TransferException e) when (e.Failure == TransferFailure.CutOff)
        {
            return null;
        }
    }

    private async Task BreakAsync()
    {
        var meddler = new Meddler((_, piece) => [piece]) { CutsAt = CutAfter };
        await using Line line = Line.Ready(meddler.Join());
        Task<SendOutcome> sending = Sending(line, Content).RunAsync();
        var failure = await Assert.ThrowsAsync<TransferException>(() => new ReceivingSide(line.Receiver).FetchAsync("s1", _staging.Folder));
        Assert.Equal(TransferFailure.CutOff, failure.Failure);
        await line.Receiver.DisposeAsync();
        SendOutcome outcome = await sending;
        Assert.False(outcome.Complete);
        Assert.Empty(outcome.Delivered);
    }

    private async Task<ReceivedSession> ArrivesAsync(byte[] content, params (string, byte[])[] others)
    {
        _sentAtOnce.Clear();
        await using Line line = Line.Ready();
        var session = new SomeSession("s1", [("session.jsonl", content), .. others]);
        Task<SendOutcome> sending = SomeSession.Sending(line.Sender, session).RunAsync(new Noted(_sentAtOnce));
        var receiving = new ReceivingSide(line.Receiver);
        ReceivedSession received = await receiving.FetchAsync("s1", _staging.Folder);
        await receiving.FinishAsync();
        Assert.Equal(["s1"], (await sending).Delivered);
        Assert.Equal(content, await File.ReadAllBytesAsync(Path.Combine(received.Folder, "session.jsonl")));
        return received;
    }

    private static SendingSide Sending(Line line, byte[] content) => SomeSession.Sending(line.Sender, new SomeSession("s1", ("session.jsonl", content)));

    public void Dispose() => _staging.Dispose();

    private sealed class Noted(List<long> sent) : IProgress<SendEvent>
    {
        public void Report(SendEvent value)
        {
            if (value is SessionProgress progress)
                sent.Add(progress.Sent);
        }
    }
}
