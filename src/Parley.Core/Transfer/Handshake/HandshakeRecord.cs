using System.Buffers.Binary;

namespace Parley.Core.Transfer.Handshake;

/// <summary>What a record of the handshake carries. The values are those of docs/protocol.md, section 3.</summary>
internal enum RecordKind : byte
{
    Hello = 1,
    Round1 = 2,
    Round2 = 3,
    Confirm = 4,
    Alert = 5,
}

/// <summary>Why one side ends the handshake, as the other is told.</summary>
internal enum Alert : byte
{
    WrongPassphrase = 1,
    NoCommonVersion = 2,
    SameRole = 3,
    BadKeyExchange = 4,
    Busy = 5,
}

/// <summary>Reads and writes the records of the handshake, whose lengths are known before they are read.</summary>
internal static class HandshakeRecord
{
    /// <summary>Kind, and the length of the body in 24 bits.</summary>
    public const int HeaderBytes = 4;

    public static byte[] Create(RecordKind kind, ReadOnlySpan<byte> body)
    {
        var record = new byte[HeaderBytes + body.Length];
        BinaryPrimitives.WriteUInt32BigEndian(record, (uint)body.Length);
        record[0] = (byte)kind;
        body.CopyTo(record.AsSpan(HeaderBytes));
        return record;
    }

    public static async Task SendAsync(Stream stream, ReadOnlyMemory<byte> record, CancellationToken cancel)
    {
        try
        {
            await stream.WriteAsync(record, cancel);
            await stream.FlushAsync(cancel);
        }
        catch (IOException e)
        {
            throw Ended(e);
        }
    }

    /// <summary>Reads the record that has its turn, header included; its body may be from <paramref name="least"/> to <paramref name="most"/> bytes long.</summary>
    public static async Task<byte[]> ReceiveAsync(Stream stream, RecordKind kind, int least, int most, CancellationToken cancel)
    {
        var header = new byte[HeaderBytes];
        await FillAsync(stream, header, cancel);
        int length = (int)(BinaryPrimitives.ReadUInt32BigEndian(header) & 0xFFFFFF);
        if (header[0] == (byte)RecordKind.Alert && length == 1)
            throw await AlertAsync(stream, cancel);
        if (header[0] != (byte)kind || length < least || length > most)
            throw NotParley();
        var record = new byte[HeaderBytes + length];
        header.CopyTo(record, 0);
        await FillAsync(stream, record.AsMemory(HeaderBytes), cancel);
        return record;
    }

    public static TransferException NotParley(Exception? inner = null) => new(
        TransferFailure.NotParley,
        "What answers there does not speak Parley's transfer protocol, or breaks it. Check the address, and that both sides run a current Parley.",
        inner);

    private static async Task<TransferException> AlertAsync(Stream stream, CancellationToken cancel)
    {
        var code = new byte[1];
        await FillAsync(stream, code, cancel);
        return HandshakeAlert.AsException((Alert)code[0]);
    }

    private static async Task FillAsync(Stream stream, Memory<byte> buffer, CancellationToken cancel)
    {
        try
        {
            await stream.ReadExactlyAsync(buffer, cancel);
        }
        catch (IOException e)
        {
            throw Ended(e);
        }
    }

    private static TransferException Ended(IOException e) => new(
        TransferFailure.CutOff,
        "The connection ended before both sides had proved that they know the passphrase. Connect again; if it ends here every time, compare the passphrases.",
        e);
}
