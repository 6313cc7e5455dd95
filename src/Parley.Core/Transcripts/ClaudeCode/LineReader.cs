using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>
/// Reads a file line by line through one buffer, and goes on where it stopped when the file has grown. A line longer than
/// <see cref="MaxLineBytes"/> is not held: only its <see cref="LineSkeleton"/> is taken while it passes.
/// </summary>
internal sealed class LineReader
{
    /// <summary>The longest line that is read whole: 32 MiB, the Messages API's own limit of a request.</summary>
    public const int MaxLineBytes = 32 * 1024 * 1024;

    private const int BufferBytes = 1024 * 1024;
    private const int LongLineBytes = 8 * 1024 * 1024;

    private byte[]? _rented;
    private byte[] _buffer = [];

    // The unread bytes are _buffer[_start.._end], of which the first _searched hold no line feed; _buffer[0] stands at _position in the file.
    private int _start;
    private int _end;
    private int _searched;
    private long _position;
    private int _lineLength;
    private int _lineStart;
    private LineSkeleton? _passing;

    /// <summary>The line without its line feed; empty for one that is too long. Valid until the next <see cref="Read"/>.</summary>
    public ReadOnlySpan<byte> Line => _buffer.AsSpan(_lineStart, _lineLength);

    /// <summary>Where the line begins in the file.</summary>
    public long Offset { get; private set; }

    /// <summary>Whether the line ends in a line feed. One that doesn't may still be written to.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>What was seen of a line that is too long; null for any other.</summary>
    public LineSkeleton? TooLong { get; private set; }

    /// <summary>How much of the file was read, bytes of a torn last line included.</summary>
    public long Position => _position + _end;

    /// <summary>Moves to the next line; false at the end of the file.</summary>
    /// <param name="file">The file, the same at each call.</param>
    /// <param name="waits">Whether a last line without a line feed is left until it is whole, rather than taken as it is.</param>
    public bool Read(SafeFileHandle file, bool waits = false)
    {
        TooLong = null;
        while (_passing is null)
        {
            int at = _buffer.AsSpan(_start + _searched, _end - _start - _searched).IndexOf((byte)'\n');
            if (at >= 0)
                return Take(_searched + at, isEnded: true);
            _searched = _end - _start;
            if (_searched > MaxLineBytes)
                (_passing, Offset) = (new LineSkeleton(), _position + _start);
            else if (!Fill(file))
                return !waits && _searched > 0 && Take(_searched, isEnded: false);
        }
        return PassBy(file, waits);
    }

    /// <summary>Gives the buffer back until more is read. What has come of a torn line is kept, so that it isn't read again.</summary>
    public void Rest()
    {
        byte[] torn = _buffer.AsSpan(_start, _end - _start).ToArray();
        if (_rented is not null)
            ArrayPool<byte>.Shared.Return(_rented);
        _rented = null;
        (_buffer, _position, _start, _end) = (torn, _position + _start, 0, torn.Length);
    }

    private bool Take(int length, bool isEnded)
    {
        Offset = _position + _start;
        (_lineStart, _lineLength, IsEnded) = (_start, length, isEnded);
        _start += isEnded ? length + 1 : length;
        _searched = 0;
        return true;
    }

    private bool PassBy(SafeFileHandle file, bool waits)
    {
        do
        {
            ReadOnlySpan<byte> unread = _buffer.AsSpan(_start, _end - _start);
            int at = unread.IndexOf((byte)'\n');
            _passing!.Append(at < 0 ? unread : unread[..at]);
            IsEnded = at >= 0;
            _start = IsEnded ? _start + at + 1 : _end;
        }
        while (!IsEnded && Fill(file));
        (_lineLength, _searched) = (0, 0);
        if (!IsEnded && waits)
            return false;
        (TooLong, _passing) = (_passing, null);
        return true;
    }

    private bool Fill(SafeFileHandle file)
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
        if (_buffer.Length < BufferBytes)
        {
            _rented = ArrayPool<byte>.Shared.Rent(BufferBytes);
            _buffer.AsSpan(0, _end).CopyTo(_rented);
            _buffer = _rented;
        }
        else
        {
            Array.Resize(ref _buffer, _buffer.Length < LongLineBytes ? LongLineBytes : MaxLineBytes + BufferBytes);
        }
    }
}
