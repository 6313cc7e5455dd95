using System.Text;
using Parley.Core.Transfer;

namespace Parley.Core.Tests.Transfer;

/// <summary>A session of files in memory, offered and packed.</summary>
internal sealed class SomeSession(string id, params (string Name, byte[] Content)[] files)
{
    public static byte[] Lines(int count) => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, count).Select(i => $"{{\"type\":\"user\",\"content\":\"line {i}\"}}" + "\n")));

    public IReadOnlyList<(string Name, byte[] Content)> Files => files;

    public string Id => id;

    public OfferedSession Offered => new() { Id = id, Agent = "claude-code", Summary = "A session", Messages = 3, Bytes = files.Sum(f => (long)f.Content.Length) };

    public PackedSession Pack() => new()
    {
        Agent = "claude-code",
        Id = id,
        Origin = new SessionOrigin("/home/ada", "/home/ada/engine"),
        Files = [.. files.Select(f => new PackedFile(f.Name, f.Content.Length, () => new MemoryStream(f.Content, writable: false)))],
    };

    public static SendingSide Sending(TransferChannel channel, params SomeSession[] sessions) => new(
        channel,
        [.. sessions.Select(s => s.Offered)],
        (id, _) => Task.FromResult(sessions.First(s => s.Id == id).Pack()),
        (id, _) => Task.FromResult("What was said in " + id));
}
