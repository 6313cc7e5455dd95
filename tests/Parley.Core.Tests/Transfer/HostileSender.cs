using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Parley.Core.Tests.Transcripts;
using Parley.Core.Transfer;
using Parley.Core.Transfer.Frames;
using Xunit;

namespace Parley.Core.Tests.Transfer;

/// <summary>A sender who knows the passphrase and says what it likes, to a receiver who asks for the session <c>s1</c>.</summary>
internal sealed class HostileSender : IAsyncDisposable
{
    public const string Offer = """{"type":"offer","sessions":[{"id":"s1","agent":"claude-code","summary":"x","bytes":100}],"more":false}""";

    private readonly Scratch _outside = new();
    private readonly Line _line = Line.Ready();

    public HostileSender()
    {
        File.WriteAllText(Path.Combine(_outside.Folder, "precious"), "as it was");
        Staging = Path.Combine(_outside.Folder, "staging");
    }

    public string Staging { get; }

    public string Outside => _outside.Folder;

    public TransferChannel Channel => _line.Sender;

    public static string Session(params (string Name, long Length)[] files) =>
        $$"""{"type":"session","id":"s1","agent":"claude-code","origin":{},"files":[{{string.Join(',', files.Select(f => $"{{\"name\":{JsonSerializer.Serialize(f.Name)},\"length\":{f.Length}}}"))}}]}""";

    public static string FileStart(string name, long offset = 0) => $$"""{"type":"file","name":"{{name}}","offset":{{offset}}}""";

    public static string Digest(byte[] content) => $$"""{"type":"digest","sha256":"{{Convert.ToBase64String(SHA256.HashData(content))}}"}""";

    public Task SayAsync(string json) => SayAsync(Encoding.UTF8.GetBytes(json));

    public Task SayAsync(byte[] json) => SayAsync(FrameKind.Message, json);

    public async Task SayAsync(FrameKind kind, byte[] content)
    {
        using var frame = Frame.For(content.Length);
        content.CopyTo(frame.Room);
        frame.Fill(kind, content.Length);
        await Channel.SendAsync(frame, default);
    }

    /// <summary>What the receiver makes of it when the sender says this, and then nothing more.</summary>
    public Task<TransferException> FetchFailsAsync(params string[] said) => FetchFailsAsync(() => SayAllAsync([Offer, .. said]));

    /// <summary>What the receiver makes of what the sender does, after which it hangs up.</summary>
    public async Task<TransferException> FetchFailsAsync(Func<Task> act)
    {
        Task acting = Task.Run(async () =>
        {
            await act();
            await Channel.DisposeAsync();
        });
        var failure = await Assert.ThrowsAnyAsync<TransferException>(FetchAsync);
        AssertNothingOutside();
        await Receiving.FinishAsync();
        await acting;
        return failure;
    }

    public async Task SayAllAsync(params string[] said)
    {
        foreach (string json in said)
            await SayAsync(json);
    }

    public ReceivingSide Receiving => field ??= new ReceivingSide(_line.Receiver);

    public Task<ReceivedSession> FetchAsync() => Receiving.FetchAsync("s1", Staging);

    /// <summary>Nothing was written but below the staging folder, and what was there is as it was.</summary>
    public void AssertNothingOutside()
    {
        Assert.Equal("as it was", File.ReadAllText(Path.Combine(_outside.Folder, "precious")));
        Assert.All(Directory.GetFileSystemEntries(_outside.Folder), path => Assert.Contains(Path.GetFileName(path), (string[])["precious", "staging"]));
        if (Directory.Exists(Staging))
            Assert.All(Directory.GetFileSystemEntries(Staging), path => Assert.Equal("s1", Path.GetFileName(path)));
    }

    public async ValueTask DisposeAsync()
    {
        await _line.DisposeAsync();
        _outside.Dispose();
    }
}
