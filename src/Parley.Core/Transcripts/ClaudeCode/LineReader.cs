using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>
/// Reads a file line by line through one buffer. A line longer than <see cref="MaxLineBytes"/> is not held: only its
/// <see cref="LineSkeleton"/> is taken while it passes.
/// </summary>
internal sealed class LineReader(SafeFileHandle file) : IDisposable
{
    /// <summary>The longest line that is read whole: 32 MiB, the Messages API's own limit of a request.</summary>
    public const int MaxLineBytes = 32 * 1024 * 1024;

    private const int BufferBytes = 1024 * 1024;
    private const int LongLineBytes = 8 * 1024 * 1024;

    private readonly byte[] _rented = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private byte[] _buffer = [];

    // The unread bytes are _buffer[_start.._end]; _buffer[0] stands at _position in the file.
    private int _start;
    private int _end;
    private long _position;
    private int _lineLength;
    private int _lineStart;

    /// <summary>The line without its line feed; empty for one that is too long. Valid until the next <see cref="Read"/>.</summary>
    public ReadOnlySpan<byte> Line => _buffer.AsSpan(_lineStart, _lineLength);

    /// <summary>Where the line begins in the file.</summary>
    public long Offset { get; private set; }

    /// <summary>Whether the line ends in a line feed. One that doesn't may still be written to.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>What was seen of a line that is too long; null for any other.</summary>
    public LineSkeleton? TooLong { get; private set; }

    /// <summary>Moves to the next line; false at the end of the file.</summary>
    public bool Read()
    {
        TooLong = null;
        for (int searched = 0; ;)
        {
            int at = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (at >= 0)
                return Take(searched + at, isEnded: true);
            searched = _end - _start;
            if (searched > MaxLineBytes)
                return ReadTooLong();
            if (!Fill())
                return searched > 0 && Take(searched, isEnded: false);
        }
    }

    private bool Take(int length, bool isEnded)
    {
        Offset = _position + _start;
        (_lineStart, _lineLength, IsEnded) = (_start, length, isEnded);
        _start += isEnded ? length + 1 : length;
        return true;
    }

    private bool ReadTooLong()
    {
        Offset = _position + _start;
        TooLong = new LineSkeleton();
        do
        {
            ReadOnlySpan<byte> unread = _buffer.AsSpan(_start, _end - _start);
            int at = unread.IndexOf((byte)'\n');
            TooLong.Append(at < 0 ? unread : unread[..at]);
            IsEnded = at >= 0;
            _start = IsEnded ? _start + at + 1 : _end;
        }
        while (!IsEnded && Fill());
        _lineLength = 0;
        return true;
    }

    private bool Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _position += _start;
            _end -= _start;
            _start = 0;
        }
        if (_end == _buffer.Length)
            Grow();
        int read = RandomAccess.Read(file, _buffer.AsSpan(_end), _position + _end);
        _end += read;
        return read > 0;
    }

    // The first buffer is shared between readers. One that a long line needs isn't kept, and takes memory only as it fills.
    private void Grow()
    {
        if (_buffer.Length == 0)
            _buffer = _rented;
        else
            Array.Resize(ref _buffer, _buffer.Length < LongLineBytes ? LongLineBytes : MaxLineBytes + BufferBytes);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_rented);
}
