namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>Numbers the models that a transcript names. There are few; a lookup compares with the last one first.</summary>
internal sealed class ModelNames(List<string> names)
{
    /// <summary>The name the client gives to what no model wrote.</summary>
    public static ReadOnlySpan<byte> Synthetic => "\"<synthetic>\""u8;

    private readonly Dictionary<string, int> _numbers = [];
    private byte[] _last = [];
    private int _lastNumber = -1;

    /// <summary>The number of the model; -1 for no name and for what no model wrote.</summary>
    public int NumberOf(ReadOnlySpan<byte> quoted)
    {
        if (quoted.Length <= 2 || quoted.SequenceEqual(Synthetic))
            return -1;
        if (quoted.SequenceEqual(_last))
            return _lastNumber;
        string name = JsonString.Decode(quoted);
        if (!_numbers.TryGetValue(name, out _lastNumber))
        {
            _numbers.Add(name, _lastNumber = names.Count);
            names.Add(name);
        }
        _last = quoted.ToArray();
        return _lastNumber;
    }
}
