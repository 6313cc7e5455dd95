namespace Parley.Core.Redaction.Scanning;

/// <summary>
/// A list of values that is filled and cleared again and again. The framework's own list of values of ours can't be compiled ahead of time,
/// and compiling some twenty of its methods would cost a short run more than its redaction.
/// </summary>
internal sealed class Pile<T> where T : struct
{
    private T[] _items = new T[16];
    private T[]? _merged;

    public int Count { get; private set; }

    public ref T this[int index] => ref _items[index];

    public void Add(T item)
    {
        if (Count == _items.Length)
            Grow();
        _items[Count++] = item;
    }

    public void Clear() => Count = 0;

    /// <summary>Keeps the first ones only.</summary>
    public void Truncate(int count) => Count = count;

    /// <summary>Sorts them; those that are equal keep their order.</summary>
    public void Sort(Comparison<T> compare)
    {
        if (IsSorted(compare))
            return;
        if (_merged is null || _merged.Length < _items.Length)
            _merged = new T[_items.Length];
        for (int run = 1; run < Count; run *= 2)
        {
            for (int start = 0; start < Count; start += 2 * run)
                Merge(_merged, start, Math.Min(start + run, Count), Math.Min(start + 2 * run, Count), compare);
            (_items, _merged) = (_merged, _items);
        }
    }

    public Enumerator GetEnumerator() => new(this);

    private bool IsSorted(Comparison<T> compare)
    {
        for (int i = 1; i < Count; i++)
        {
            if (compare(_items[i - 1], _items[i]) > 0)
                return false;
        }
        return true;
    }

    private void Merge(T[] merged, int start, int middle, int end, Comparison<T> compare)
    {
        for (int to = start, left = start, right = middle; to < end; to++)
        {
            bool takesLeft = left < middle && (right == end || compare(_items[left], _items[right]) <= 0);
            merged[to] = _items[takesLeft ? left++ : right++];
        }
    }

    private void Grow()
    {
        var more = new T[_items.Length * 2];
        for (int i = 0; i < Count; i++)
            more[i] = _items[i];
        _items = more;
    }

    public struct Enumerator(Pile<T> pile)
    {
        private int _at = -1;

        public readonly T Current => pile._items[_at];

        public bool MoveNext() => ++_at < pile.Count;
    }
}
