namespace Parley.Server.Sessions;

/// <summary>The entries of sessions in their order. It does not ask who reads: see <see cref="SessionAccess"/>.</summary>
public sealed class SessionLog
{
    /// <summary>
    /// The HTML of at most <paramref name="limit"/> entries after the seq <paramref name="after"/>. It may be fewer where they are large, at least one;
    /// the end is reached when the last one's seq is the session's <see cref="SessionRecord.LastSeq"/>.
    /// </summary>
    public ValueTask<IReadOnlyList<Fragment>> ReadFragmentsAsync(string id, long after, int limit, CancellationToken cancel = default) =>
        throw new NotImplementedException();

    /// <summary>At most <paramref name="limit"/> entries after the seq <paramref name="after"/>. No connection is held while the consumer works.</summary>
    public IAsyncEnumerable<StoredEntry> ReadAsync(string id, long after, long limit, CancellationToken cancel = default) =>
        throw new NotImplementedException();

    /// <summary>One entry, e.g. for its images; null when there is none.</summary>
    public ValueTask<StoredEntry?> FindAsync(string id, long seq, CancellationToken cancel = default) => throw new NotImplementedException();

    /// <summary>The first entries in which the text stands as it is (letters' case aside), in order of seq.</summary>
    public ValueTask<IReadOnlyList<SearchHit>> SearchAsync(string id, string query, int limit, CancellationToken cancel = default) =>
        throw new NotImplementedException();
}
