namespace Parley.Server.Relay;

/// <summary>Counts what each address holds, so that neither one of them nor all together hold too much. A limit of 0 is none.</summary>
public sealed class Tally(int mostPerAddress, int most)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _held = [];
    private int _all;

    /// <summary>What all hold together.</summary>
    public int Held
    {
        get
        {
            lock (_lock)
                return _all;
        }
    }

    /// <summary>False, and nothing taken, when that would be too much.</summary>
    public bool TryTake(string address)
    {
        lock (_lock)
        {
            int held = _held.GetValueOrDefault(address);
            if ((mostPerAddress > 0 && held >= mostPerAddress) || (most > 0 && _all >= most))
                return false;
            _held[address] = held + 1;
            _all++;
            return true;
        }
    }

    public void Return(string address)
    {
        lock (_lock)
        {
            _all--;
            if (--_held[address] == 0)
                _held.Remove(address);
        }
    }
}
