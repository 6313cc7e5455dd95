using Microsoft.Win32.SafeHandles;

namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>Reads ranges of a file that mostly ascend, through one window, and notices when the file isn't what it was.</summary>
internal sealed class RangeReader(SafeFileHandle file, FileState known)
{
    private const int WindowBytes = 512 * 1024;

    // What is read around a range that doesn't follow the one before: in a file in wild order a whole window for each would take for ever.
    private const int SmallWindowBytes = 4 * 1024;

    private byte[] _window = [];
    private long _position;
    private int _length;

    /// <summary>Whether the file was written to since its index was made, so that what stands in it must be looked at again.</summary>
    public bool HasChanged { get; private set; }

    /// <summary>The bytes there, fewer at the end of the file. Valid until the next call.</summary>
    public ReadOnlyMemory<byte> Read(long offset, int length)
    {
        if (offset < _position || offset + length > _position + _length)
            Fill(offset, length);
        int start = (int)(offset - _position);
        return _window.AsMemory(start, Math.Min(length, _length - start));
    }

    private void Fill(long offset, int length)
    {
        HasChanged |= FileState.Of(file) != known;
        bool follows = _length > 0 && offset >= _position && offset <= _position + _length + WindowBytes;
        int size = Math.Max(length, follows ? WindowBytes : SmallWindowBytes);
        if (size > _window.Length)
            _window = GC.AllocateUninitializedArray<byte>(size);
        (_position, _length) = (offset, 0);
        for (int read = -1; _length < length && read != 0; _length += read)
            read = RandomAccess.Read(file, _window.AsSpan(_length, size - _length), offset + _length);
    }
}

/// <summary>What changes about a file when it is written to.</summary>
internal readonly record struct FileState(long Length, DateTime Written)
{
    public static FileState Of(SafeFileHandle file) => new(RandomAccess.GetLength(file), File.GetLastWriteTimeUtc(file));
}
