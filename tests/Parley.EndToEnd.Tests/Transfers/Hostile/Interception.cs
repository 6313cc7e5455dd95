using System.Buffers;
using System.Text;

namespace Parley.EndToEnd.Tests.Transfers.Hostile;

/// <summary>Somebody between sender and receiver: keeps all that passes, and does with it what a test says.</summary>
public sealed class Interception
{
    private readonly ArrayBufferWriter<byte> _seen = new();
    private long _fromSender;

    /// <summary>What is passed on in the place of what came.</summary>
    public Func<Passing, ValueTask<Onward>> Act { get; set; } = Honest;

    /// <summary>Bytes that came from senders since this was last set to 0.</summary>
    public long FromSender
    {
        get => Interlocked.Read(ref _fromSender);
        set => Interlocked.Exchange(ref _fromSender, value);
    }

    public static ValueTask<Onward> Honest(Passing passing) => new(new Onward(passing.Bytes));

    /// <summary>Everything that passed, both ways, the relay's own messages included.</summary>
    public byte[] Seen()
    {
        lock (_seen)
            return _seen.WrittenSpan.ToArray();
    }

    public bool HasSeen(string text) => Seen().AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;

    public void See(ReadOnlySpan<byte> bytes)
    {
        lock (_seen)
            _seen.Write(bytes);
    }

    /// <summary>Joins the two until one of them ends, or the test cuts them off.</summary>
    public async Task JoinAsync(Stream sender, Stream receiver)
    {
        Task[] ways = [PassAsync(sender, receiver, fromSender: true), PassAsync(receiver, sender, fromSender: false)];
        await Task.WhenAny(ways);
    }

    private async Task PassAsync(Stream from, Stream to, bool fromSender)
    {
        try
        {
            await foreach (Passing passing in Passing.ReadAsync(from, fromSender))
            {
                See(passing.Bytes);
                if (fromSender)
                    Interlocked.Add(ref _fromSender, passing.Bytes.Length);
                Onward onward = await Act(passing);
                foreach (byte[] piece in onward.Pieces)
                    await to.WriteAsync(piece);
                if (onward.IsLast)
                    return;
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or System.Net.WebSockets.WebSocketException or OperationCanceledException)
        {
            // One of them has gone.
        }
    }
}

/// <summary>What goes on in the place of something that came.</summary>
/// <param name="Pieces">Each is written by itself.</param>
public sealed record Onward(params byte[][] Pieces)
{
    /// <summary>Both are cut off behind it.</summary>
    public bool IsLast { get; init; }
}
