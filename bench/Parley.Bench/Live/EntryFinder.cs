using System.Buffers.Binary;
using System.Buffers.Text;

namespace Parley.Bench.Live;

/// <summary>Finds the entries in what a server sends, piece by piece, however it is cut. It looks only at what it needs.</summary>
/// <param name="found">Is told the seq of each entry, once all of it has come.</param>
internal abstract class EntryFinder(Action<long> found)
{
    private readonly byte[] _start = new byte[96];
    private int _kept, _length;

    /// <summary>Whether the answer is complete, and said <c>revoked</c>.</summary>
    public bool IsRevoked { get; protected set; }

    public static EntryFinder For(Wire wire, Action<long> found) => wire switch
    {
        Wire.Events => new EventStreamFinder(found),
        Wire.SignalR => new WebSocketFinder(found, separator: 0x1e),
        _ => new WebSocketFinder(found, separator: null),
    };

    public abstract void Read(ReadOnlySpan<byte> bytes);

    /// <summary>The beginning of the present line or message.</summary>
    protected ReadOnlySpan<byte> Start => _start.AsSpan(0, _kept);

    protected bool IsEmpty => _length == 0;

    protected void Add(ReadOnlySpan<byte> bytes)
    {
        int more = Math.Min(bytes.Length, _start.Length - _kept);
        bytes[..more].CopyTo(_start.AsSpan(_kept));
        _kept += more;
        _length += bytes.Length;
    }

    protected void Next() => _kept = _length = 0;

    protected void Found(long seq) => found(seq);
}

/// <summary>Server-sent events in a chunked answer.</summary>
internal sealed class EventStreamFinder(Action<long> found) : EntryFinder(found)
{
    private int _left, _size, _digits;
    private long _id;
    private bool _isRevoked;

    public override void Read(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_left == 0)
            {
                ReadSize(bytes[0]);
                bytes = bytes[1..];
                continue;
            }
            int length = Math.Min(_left, bytes.Length);
            ReadLines(bytes[..length]);
            _left -= length;
            bytes = bytes[length..];
        }
    }

    // "\r\n" of the chunk before, then the size in hexadecimal, then "\r\n".
    private void ReadSize(byte next)
    {
        if (char.IsAsciiHexDigit((char)next))
        {
            _size = _size * 16 + Convert.ToInt32(((char)next).ToString(), 16);
            _digits++;
        }
        else if (next == '\n' && _digits > 0)
        {
            IsRevoked = _size == 0 && _isRevoked;
            (_left, _size, _digits) = (_size, 0, 0);
        }
    }

    private void ReadLines(ReadOnlySpan<byte> text)
    {
        while (text.IndexOf((byte)'\n') is var end and >= 0)
        {
            Add(text[..end]);
            EndLine();
            Next();
            text = text[(end + 1)..];
        }
        Add(text);
    }

    private void EndLine()
    {
        if (IsEmpty && _id > 0)
        {
            Found(_id);
            _id = 0;
        }
        else if (Start.StartsWith("id: "u8) && Utf8Parser.TryParse(Start[4..], out long id, out _))
        {
            _id = id;
        }
        else if (Start.SequenceEqual("event: revoked"u8))
        {
            _isRevoked = true;
        }
    }
}

/// <summary>Messages of a WebSocket whose JSON has the entry's seq near its beginning: a frame each, or cut by a byte that stands after each.</summary>
internal sealed class WebSocketFinder(Action<long> found, byte? separator) : EntryFinder(found)
{
    private readonly byte[] _head = new byte[10];
    private int _headLength;
    private long _left;

    public override void Read(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_left == 0)
            {
                _head[_headLength++] = bytes[0];
                bytes = bytes[1..];
                ReadHead();
                continue;
            }
            int length = (int)Math.Min(_left, bytes.Length);
            ReadPayload(bytes[..length]);
            _left -= length;
            bytes = bytes[length..];
            if (_left == 0)
                EndFrame();
        }
    }

    // What a server sends is not masked.
    private void ReadHead()
    {
        int length = _headLength < 2 ? int.MaxValue : _head[1] switch { 126 => 4, 127 => 10, _ => 2 };
        if (_headLength < length)
            return;
        _left = length switch { 4 => BinaryPrimitives.ReadUInt16BigEndian(_head.AsSpan(2)), 10 => BinaryPrimitives.ReadInt64BigEndian(_head.AsSpan(2)), _ => _head[1] };
        if (_left == 0)
            EndFrame();
    }

    private void ReadPayload(ReadOnlySpan<byte> payload)
    {
        while (separator is { } mark && payload.IndexOf(mark) is var end and >= 0)
        {
            Add(payload[..end]);
            EndMessage();
            payload = payload[(end + 1)..];
        }
        Add(payload);
    }

    private void EndFrame()
    {
        bool isLast = (_head[0] & 0x80) != 0;
        _headLength = 0;
        if (separator is null && isLast)
            EndMessage();
    }

    private void EndMessage()
    {
        ReadOnlySpan<byte> name = "\"seq\":"u8;
        if (Start.IndexOf(name) is var at and >= 0 && Utf8Parser.TryParse(Start[(at + name.Length)..], out long seq, out _))
            Found(seq);
        Next();
    }
}
