using System.Buffers;
using System.Buffers.Binary;

namespace Parley.Core.Discovery;

/// <summary>Writes the parts of a message, in order. A name that ends like an earlier one points there (RFC 1035 §4.1.4).</summary>
internal sealed class DnsWriter
{
    private const int FarthestPointer = 0x3FFF;

    private readonly ArrayBufferWriter<byte> _message = new(512);
    private readonly Dictionary<DnsName, int> _places = [];

    public byte[] ToArray() => _message.WrittenSpan.ToArray();

    public void UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_message.GetSpan(sizeof(ushort)), value);
        _message.Advance(sizeof(ushort));
    }

    public void Question(DnsQuestion question)
    {
        Name(question.Name);
        UInt16((ushort)question.Type);
        UInt16((ushort)(DnsReader.Internet | (question.WantsUnicast ? DnsReader.TopBit : 0)));
    }

    public void Record(DnsRecord record)
    {
        Name(record.Name);
        UInt16((ushort)record.Type);
        UInt16((ushort)(DnsReader.Internet | (record.IsUnique ? DnsReader.TopBit : 0)));
        UInt16((ushort)(record.Ttl >> 16));
        UInt16((ushort)record.Ttl);
        UInt16((ushort)record.Data.Length);
        _message.Write(record.Data.Span);
    }

    private void Name(DnsName name)
    {
        for (; !name.IsRoot; name = name.Parent)
        {
            if (_places.TryGetValue(name, out int place))
            {
                UInt16((ushort)(DnsReader.PointerBits << 8 | place));
                return;
            }
            if (_message.WrittenCount <= FarthestPointer)
                _places.Add(name, _message.WrittenCount);
            _message.Write(name.Wire[..(name.Wire[0] + 1)]);
        }
        _message.Write("\0"u8);
    }
}
