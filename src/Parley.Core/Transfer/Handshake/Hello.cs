namespace Parley.Core.Transfer.Handshake;

/// <summary>What each side says first: that it speaks this protocol, its role, and the versions that it knows.</summary>
internal readonly record struct Hello(TransferRole Role, byte Lowest, byte Highest)
{
    /// <summary>The version that this code speaks, and the only one.</summary>
    public const byte Version = 1;

    /// <summary>Bytes that every version has; what a later one adds comes behind them.</summary>
    public const int LeastBytes = 11;

    public const int MostBytes = 256;

    private static ReadOnlySpan<byte> Magic => "parley-x"u8;

    public static byte[] Record(TransferRole role) => HandshakeRecord.Create(RecordKind.Hello, [.. Magic, (byte)role, Version, Version]);

    /// <summary>Reads the record in which the other side says hello.</summary>
    public static Task<byte[]> ReceiveAsync(Stream stream, CancellationToken cancel) =>
        HandshakeRecord.ReceiveAsync(stream, RecordKind.Hello, LeastBytes, MostBytes, cancel);

    public static Hello Parse(ReadOnlySpan<byte> record)
    {
        ReadOnlySpan<byte> body = record[HandshakeRecord.HeaderBytes..];
        if (!body.StartsWith(Magic) || body[8] is not ((byte)TransferRole.Sender or (byte)TransferRole.Receiver))
            throw HandshakeRecord.NotParley();
        return new Hello((TransferRole)body[8], body[9], body[10]);
    }

    /// <summary>What is wrong with the other side's hello for one of this role, if anything.</summary>
    public Alert? Objection(TransferRole own)
    {
        if (Role == own)
            return Alert.SameRole;
        return Lowest <= Version && Version <= Highest ? null : Alert.NoCommonVersion;
    }
}
