using System.Security.Cryptography;
using System.Text.Json;
using Parley.Core.Transfer.Frames;
using Parley.Core.Transfer.Handshake;
using Parley.Core.Transfer.Messages;

namespace Parley.Core.Transfer;

/// <summary>
/// An authenticated, encrypted line to one other side, over any stream that goes both ways (docs/protocol.md). One send and one receive may be under way
/// at a time. Disposing it closes the stream.
/// </summary>
public sealed class TransferChannel : IAsyncDisposable
{
    private readonly Stream _stream;
    private readonly FrameCipher _sealing;
    private readonly FrameCipher _opening;
    private readonly Patience _patience;
    private readonly byte[] _prefix = new byte[Frame.PrefixBytes];

    internal TransferChannel(Stream stream, FrameCipher sealing, FrameCipher opening, TimeProvider time, string verification)
    {
        _patience = new Patience(time);
        _stream = stream;
        _sealing = sealing;
        _opening = opening;
        Verification = verification;
    }

    /// <summary>Four groups of four digits. Two people who see the same ones have nobody between them.</summary>
    public string Verification { get; }

    /// <summary>Agrees on keys with the other side, which must have the same passphrase. This is one guess: whatever comes of it, the next needs a new stream.</summary>
    /// <param name="stream">Both ways; it stays open when this fails, so that what was last said can be delivered.</param>
    /// <param name="role">Which side this is.</param>
    /// <param name="passphrase">What both people know.</param>
    /// <param name="random">For the key agreement; a cryptographic generator.</param>
    /// <param name="time">For <see cref="TransferLimits.HandshakeTime"/> and <see cref="TransferLimits.SilenceTime"/>.</param>
    /// <param name="cancel">Ends the attempt.</param>
    /// <exception cref="WrongPassphraseException">The passphrases differ; the other side is told so.</exception>
    /// <exception cref="TransferException">There is no agreement for another reason.</exception>
    public static async Task<TransferChannel> OpenAsync(
        Stream stream, TransferRole role, Passphrase passphrase, RandomNumberGenerator random, TimeProvider time, CancellationToken cancel = default)
    {
        ChannelKeys keys = await new Patience(time).ForAsync(TransferLimits.HandshakeTime, new Handshaking(stream, role, passphrase, random).RunAsync, cancel);
        TransferRole other = role == TransferRole.Sender ? TransferRole.Receiver : TransferRole.Sender;
        return new TransferChannel(stream, new FrameCipher(keys.Frames(role)), new FrameCipher(keys.Frames(other)), time, keys.Verification());
    }

    /// <summary>Turns away whoever connected, without a guess, and says that it may try later.</summary>
    public static async Task RefuseAsync(Stream stream, TimeProvider time, CancellationToken cancel = default)
    {
        try
        {
            // A socket that is closed with something unread in it takes back what was last sent.
            await new Patience(time).ForAsync(TransferLimits.HandshakeTime, inTime => Hello.ReceiveAsync(stream, inTime), cancel);
            await HandshakeAlert.SendAsync(stream, Alert.Busy, cancel);
        }
        catch (TransferException)
        {
            // Whoever says no hello needs no answer.
        }
    }

    internal async Task SendAsync(TransferMessage message, CancellationToken cancel)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(message, MessageJson.Relaxed.TransferMessage);
        if (json.Length > TransferLimits.MessageBytes)
            throw new TransferException(TransferFailure.TooLong, $"A message would be {json.Length} bytes long; {TransferLimits.MessageBytes} are allowed. The session has too many files to hand over.");
        using var frame = Frame.For(json.Length);
        json.CopyTo(frame.Room);
        frame.Fill(FrameKind.Message, json.Length);
        await SendAsync(frame, cancel);
    }

    /// <summary>Tells the other side why this one ends the transfer, if it still listens.</summary>
    internal async Task SendErrorAsync(TransferException reason, CancellationToken cancel)
    {
        // This machine's paths are nothing that the other side needs to know.
        string told = reason.Failure == TransferFailure.NotStored ? "The session can't be stored on the receiver's machine." : reason.Message;
        try
        {
            await SendAsync(new ErrorMessage(reason.Failure.ToString(), told), cancel);
        }
        catch (Exception e) when (e is TransferException or ObjectDisposedException or OperationCanceledException)
        {
            // The reason counts, not that nobody heard it.
        }
    }

    /// <summary>Seals and sends a frame that was filled.</summary>
    internal async Task SendAsync(Frame frame, CancellationToken cancel)
    {
        _sealing.Seal(frame);
        try
        {
            await _patience.ForAsync(TransferLimits.SilenceTime, inTime => WriteAsync(frame, inTime), cancel);
        }
        catch (IOException e)
        {
            throw CutOff(e);
        }
    }

    /// <summary>The next frame of an other side that owes one, opened; the caller disposes it.</summary>
    internal Task<Frame> ReceiveAsync(CancellationToken cancel) => _patience.ForAsync(TransferLimits.SilenceTime, ReceiveWheneverAsync, cancel);

    /// <summary>The next message of an other side that owes one. What it says of an error becomes an exception here.</summary>
    internal async Task<TransferMessage> ReceiveMessageAsync(CancellationToken cancel)
    {
        using Frame frame = await ReceiveAsync(cancel);
        return Read(frame);
    }

    /// <summary>The next message of an other side whose person may take any time.</summary>
    internal async Task<TransferMessage> ReceiveMessageWheneverAsync(CancellationToken cancel)
    {
        using Frame frame = await ReceiveWheneverAsync(cancel);
        return Read(frame);
    }

    private async Task<Frame> ReceiveWheneverAsync(CancellationToken cancel)
    {
        await FillAsync(_prefix, cancel);
        Frame frame = Frame.ToReceive(_prefix) ?? throw new TransferException(
            TransferFailure.TooLong, "A frame announces a length that none has: somebody changes what passes between the two sides, or the other side is no Parley. Connect again.");
        try
        {
            await FillAsync(frame.Wire[Frame.PrefixBytes..], cancel);
            if (!_opening.TryOpen(frame))
                throw new TransferException(
                    TransferFailure.Tampered, "What arrived is not what the other side sent next: something between the two changes, drops, repeats or reorders it. Connect again, over another way if it happens again.");
            if (frame.Open() is { } failure)
                throw new TransferException(failure, "The other side sent a frame of no known kind, or more in it than is taken. Check that both sides run a current Parley.");
            return frame;
        }
        catch
        {
            frame.Dispose();
            throw;
        }
    }

    /// <summary>Reads the message that a frame carries.</summary>
    internal static TransferMessage Read(Frame frame)
    {
        if (frame.Kind != FrameKind.Message)
            throw Unexpected("a chunk of a file");
        TransferMessage message = Parse(frame.Content.Span);
        return message is ErrorMessage error
            ? throw new TransferException(TransferFailure.EndedByOther, $"The other side ended the transfer: {UntrustedText.Shown(error.Message)}")
            : message;
    }

    internal static TransferException Unexpected(string what) => new(
        TransferFailure.Unexpected, $"The other side sent {what} where the protocol has no place for it. Check that both sides run a current Parley.");

    internal static TransferException Malformed(string what, Exception? inner = null) => new(
        TransferFailure.Malformed, $"The other side sent {what}. Check that both sides run a current Parley.", inner);

    private static TransferMessage Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, MessageJson.Relaxed.TransferMessage) ?? throw Malformed("null for a message");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw Malformed("a message that can't be read", e);
        }
    }

    private async Task WriteAsync(Frame frame, CancellationToken cancel)
    {
        await _stream.WriteAsync(frame.Wire, cancel);
        await _stream.FlushAsync(cancel);
    }

    private async Task FillAsync(Memory<byte> buffer, CancellationToken cancel)
    {
        try
        {
            await _stream.ReadExactlyAsync(buffer, cancel);
        }
        catch (IOException e)
        {
            throw CutOff(e);
        }
    }

    private static TransferException CutOff(IOException e) => new(
        TransferFailure.CutOff,
        "The connection ended before the transfer did. Run the same command again: it goes on where it stopped." + (e is EndOfStreamException ? "" : $" ({e.Message})"),
        e);

    public async ValueTask DisposeAsync()
    {
        _sealing.Dispose();
        _opening.Dispose();
        await _stream.DisposeAsync();
    }
}
