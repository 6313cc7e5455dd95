using System.Buffers.Binary;

namespace Parley.Core.Discovery;

/// <summary>Reads the parts of a message from a stranger, in order. Where a part is cut off or malformed, it says false.</summary>
internal ref struct DnsReader(ReadOnlySpan<byte> message)
{
    /// <summary>The top bit of a class: QU in a question, cache-flush in a record.</summary>
    internal const ushort TopBit = 0x8000;

    internal const ushort Internet = 1;

    private const ushort AnyClass = 255;

    /// <summary>The two top bits of a length that make it a pointer to an earlier place (RFC 1035 §4.1.4).</summary>
    internal const byte PointerBits = 0xC0;

    private readonly ReadOnlySpan<byte> _message = message;
    private int _at;

    public bool TryUInt16(out ushort value)
    {
        if (!BinaryPrimitives.TryReadUInt16BigEndian(_message[_at..], out value))
            return false;
        _at += sizeof(ushort);
        return true;
    }

    public bool TryQuestions(int count, out List<DnsQuestion> questions)
    {
        questions = [];
        for (; count > 0; count--)
        {
            if (!TryName(out DnsName name) || !TryUInt16(out ushort type) || !TryUInt16(out ushort @class))
                return false;
            if ((@class & ~TopBit) is Internet or AnyClass)
                questions.Add(new DnsQuestion(name, (DnsType)type, (@class & TopBit) != 0));
        }
        return true;
    }

    public bool TryRecords(int count, out List<DnsRecord> records)
    {
        records = [];
        for (; count > 0; count--)
        {
            if (!TryName(out DnsName name) || !TryUInt16(out ushort type) || !TryUInt16(out ushort @class) || !TryUInt32(out uint ttl)
                || !TryUInt16(out ushort length) || length > _message.Length - _at)
                return false;
            int end = _at + length;
            if ((@class & ~TopBit) == Internet && Data((DnsType)type, end) is { } data)
                records.Add(new DnsRecord(name, (DnsType)type, ttl, data) { IsUnique = (@class & TopBit) != 0 });
            _at = end;
        }
        return true;
    }

    private bool TryUInt32(out uint value)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(_message[_at..], out value))
            return false;
        _at += sizeof(uint);
        return true;
    }

    // Pointers lead strictly backwards, before the place where the labels that they end began: so each name ends.
    private bool TryName(out DnsName name)
    {
        name = null!;
        Span<byte> wire = stackalloc byte[DnsName.MaxBytes];
        int written = 0, at = _at, begin = _at, after = -1;
        while (at < _message.Length)
        {
            byte length = _message[at];
            if ((length & PointerBits) == PointerBits)
            {
                if (at + 1 >= _message.Length)
                    return false;
                after = after < 0 ? at + 2 : after;
                at = (length & ~PointerBits) << 8 | _message[at + 1];
                if (at >= begin)
                    return false;
                begin = at;
                continue;
            }
            if (length > DnsName.MaxLabelBytes || at + 1 + length > _message.Length || written + 1 + length > wire.Length)
                return false;
            _message.Slice(at, 1 + length).CopyTo(wire[written..]);
            (at, written) = (at + 1 + length, written + 1 + length);
            if (length > 0)
                continue;
            name = DnsName.FromWire(wire[..written].ToArray());
            _at = after < 0 ? at : after;
            return true;
        }
        return false;
    }

    // Null where it does not have the form of its type.
    private byte[]? Data(DnsType type, int end)
    {
        ReadOnlySpan<byte> data = _message[_at..end];
        return type switch
        {
            DnsType.A => data.Length == 4 ? data.ToArray() : null,
            DnsType.Aaaa => data.Length == 16 ? data.ToArray() : null,
            DnsType.Txt => AreStrings(data) ? data.ToArray() : null,
            DnsType.Ptr => WithName(0, end) is { After.Length: 0 } pointer ? pointer.Before : null,
            DnsType.Srv => WithName(DnsRecord.ServiceHostOffset, end) is { After.Length: 0 } service ? service.Before : null,
            DnsType.Nsec => WithName(0, end) is { } existing ? [.. existing.Before, .. existing.After] : null,
            _ => data.ToArray(),
        };
    }

    private static bool AreStrings(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            if (data[0] >= data.Length)
                return false;
            data = data[(data[0] + 1)..];
        }
        return true;
    }

    // Some bytes and a name, the name made whole; and what follows it.
    private (byte[] Before, byte[] After)? WithName(int offset, int end)
    {
        if (end - _at < offset)
            return null;
        byte[] before = _message.Slice(_at, offset).ToArray();
        _at += offset;
        return TryName(out DnsName name) && _at <= end ? ([.. before, .. name.Wire], _message[_at..end].ToArray()) : null;
    }
}
