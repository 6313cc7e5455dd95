namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>Numbers ids from 0 in the order they are first seen. An open-addressed table of 16 + about 8 bytes an id.</summary>
internal sealed class IdTable
{
    private readonly CompactList<UInt128> _ids = new();

    // Each slot holds a number + 1; 0 is free. The length is a power of two, at most two thirds full.
    private int[] _slots = new int[128];

    public int Count => _ids.Count;

    public UInt128 this[int number] => _ids[number];

    /// <summary>The id's number, or -1.</summary>
    public int Find(UInt128 id) => _slots[SlotOf(id)] - 1;

    /// <summary>The id's number, a new one if it is first seen.</summary>
    public int Intern(UInt128 id)
    {
        int slot = SlotOf(id);
        if (_slots[slot] != 0)
            return _slots[slot] - 1;
        _ids.Add(id);
        _slots[slot] = _ids.Count;
        if (_ids.Count * 3L > _slots.Length * 2L)
            Grow();
        return _ids.Count - 1;
    }

    private int SlotOf(UInt128 id)
    {
        int slot = (int)(ulong)id & (_slots.Length - 1);
        while (_slots[slot] != 0 && _ids[_slots[slot] - 1] != id)
            slot = (slot + 1) & (_slots.Length - 1);
        return slot;
    }

    private void Grow()
    {
        _slots = new int[_slots.Length * 2];
        for (int i = 0; i < _ids.Count; i++)
            _slots[SlotOf(_ids[i])] = i + 1;
    }
}
