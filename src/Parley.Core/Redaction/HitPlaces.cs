using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction;

/// <summary>The places in a JSON value where something calls for a closer look.</summary>
internal sealed class HitPlaces
{
    private readonly List<int> _places = [];
    private int _next;

    public bool IsEmpty => _places.Count == 0;

    public void Clear()
    {
        _places.Clear();
        _next = 0;
    }

    public void Add(int place) => _places.Add(place);

    public void Add(Pile<Hit> hits)
    {
        foreach (Hit hit in hits)
            _places.Add(hit.Start);
    }

    /// <summary>Puts them in their order; to be called before the first question.</summary>
    public void Sort() => _places.Sort();

    /// <summary>Whether there is one in the range; ranges must be asked for in their order.</summary>
    public bool AnyInNext(int start, int end)
    {
        while (_next < _places.Count && _places[_next] < start)
            _next++;
        return _next < _places.Count && _places[_next] < end;
    }

    /// <summary>Whether there is one in a range before the last one that was asked for.</summary>
    public bool AnyIn(int start, int end)
    {
        int at = _places.BinarySearch(start);
        at = at < 0 ? ~at : at;
        return at < _places.Count && _places[at] < end;
    }
}
