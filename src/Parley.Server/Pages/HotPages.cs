using System.IO.Compression;

namespace Parley.Server.Pages;

/// <summary>Names one state of one view of a session: a page under another key is another page, so nothing here is ever stale.</summary>
/// <param name="Session">The session's id.</param>
/// <param name="Version">Its version, which moves with every change.</param>
/// <param name="View">The address that the page was written for.</param>
public readonly record struct PageKey(string Session, long Version, string View);

/// <summary>
/// Pages kept ready to send while nothing changes, compressed. It decides nothing about access: whoever takes a page from here has asked
/// first. A session that grows has its newest page of a view here and no older ones. Bounded by bytes; what was not asked for longest goes first.
/// </summary>
public sealed class HotPages(long capacity = HotPages.DefaultCapacity)
{
    public const long DefaultCapacity = 64 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Session, string View), LinkedListNode<(PageKey Key, HotPage Page)>> _byView = [];
    private readonly LinkedList<(PageKey Key, HotPage Page)> _recent = new();
    private long _bytes;

    public HotPage? Find(PageKey key)
    {
        lock (_lock)
        {
            if (!_byView.TryGetValue((key.Session, key.View), out var node) || node.Value.Key != key)
                return null;
            if (_recent.First != node)
            {
                _recent.Remove(node);
                _recent.AddFirst(node);
            }
            return node.Value.Page;
        }
    }

    /// <summary>Keeps a page; one that is larger than an eighth of the whole is not worth the others it would push out.</summary>
    public void Keep(PageKey key, HotPage page)
    {
        if (page.Size > capacity / 8)
            return;
        lock (_lock)
        {
            if (_byView.TryGetValue((key.Session, key.View), out var before))
            {
                if (before.Value.Key.Version >= key.Version)
                    return;
                Drop(before);
            }
            _byView[(key.Session, key.View)] = _recent.AddFirst((key, page));
            _bytes += page.Size;
            while (_bytes > capacity && _recent.Last is { } oldest)
                Drop(oldest);
        }
    }

    private void Drop(LinkedListNode<(PageKey Key, HotPage Page)> node)
    {
        _recent.Remove(node);
        _byView.Remove((node.Value.Key.Session, node.Value.Key.View));
        _bytes -= node.Value.Page.Size;
    }
}

/// <summary>A page in every encoding that clients ask for.</summary>
public sealed class HotPage
{
    // Level 5 of Brotli takes a quarter of a millisecond for a page of 56 KB and is paid once a version.
    private const int BrotliQuality = 5, BrotliWindow = 22;

    private readonly byte[] _plain, _brotli, _gzip;

    public HotPage(ReadOnlySpan<byte> html)
    {
        _plain = html.ToArray();
        _brotli = Brotli(html);
        using var gzip = new MemoryStream();
        using (var compressor = new GZipStream(gzip, CompressionLevel.Optimal, leaveOpen: true))
            compressor.Write(html);
        _gzip = gzip.ToArray();
    }

    public long Size => _plain.Length + _brotli.Length + _gzip.Length;

    public EncodedBytes For(HttpRequest request)
    {
        ContentCoding accepted = ContentCodings.Accepted(request);
        return accepted.HasFlag(ContentCoding.Brotli) ? new(_brotli, "br") : accepted.HasFlag(ContentCoding.Gzip) ? new(_gzip, "gzip") : new(_plain, null);
    }

    private static byte[] Brotli(ReadOnlySpan<byte> html)
    {
        var buffer = new byte[BrotliEncoder.GetMaxCompressedLength(html.Length)];
        return BrotliEncoder.TryCompress(html, buffer, out int written, BrotliQuality, BrotliWindow) ? buffer[..written] : throw new InvalidOperationException("The buffer is as large as Brotli asks for.");
    }
}
