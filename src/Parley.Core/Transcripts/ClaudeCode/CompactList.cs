namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>A list of structs in chunks: it grows without copying, so that a large index never stands twice in memory.</summary>
internal sealed class CompactList<T>
    where T : unmanaged
{
    private const int ChunkBits = 14;
    private const int ChunkItems = 1 << ChunkBits;

    private T[][] _chunks = [];

    public int Count { get; private set; }

    public ref T this[int index] => ref _chunks[index >> ChunkBits][index & (ChunkItems - 1)];

    /// <summary>Takes away what stands from this place on.</summary>
    public void Cut(int count) => Count = Math.Min(Count, count);

    /// <summary>Makes the list this long; what is added is <paramref name="item"/>.</summary>
    public void Fill(int count, in T item)
    {
        while (Count < count)
            Add(item);
    }

    public void Add(in T item)
    {
        int chunk = Count >> ChunkBits;
        if (chunk == _chunks.Length)
            Array.Resize(ref _chunks, Math.Max(4, chunk * 2));
        // Small transcripts are many (a catalog of a thousand): the first chunk grows, the others are whole.
        T[] items = _chunks[chunk] ??= new T[chunk == 0 ? 64 : ChunkItems];
        int at = Count & (ChunkItems - 1);
        if (at == items.Length)
        {
            Array.Resize(ref items, items.Length * 2);
            _chunks[chunk] = items;
        }
        items[at] = item;
        Count++;
    }
}
