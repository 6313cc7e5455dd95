namespace Parley.Core.Redaction.Secrets;

/// <summary>The words of one command line, without their quotes; it ends at a newline, a semicolon, a pipe or an ampersand.</summary>
internal ref struct ShellWords(ReadOnlySpan<byte> line)
{
    private readonly ReadOnlySpan<byte> _line = line;
    private int _at;

    public (int Start, int End) Current { get; private set; }

    /// <summary>Whether no word follows the current one.</summary>
    public readonly bool IsLast
    {
        get
        {
            ShellWords copy = this;
            return !copy.MoveNext();
        }
    }

    public bool MoveNext()
    {
        SkipSpaces();
        if (_at >= _line.Length || IsEnd(_line[_at]))
            return false;
        if (_line[_at] is (byte)'"' or (byte)'\'')
            return Quoted(_line[_at]);
        int start = _at;
        while (_at < _line.Length && _line[_at] > ' ' && !IsEnd(_line[_at]) && _line[_at] != '`')
            _at++;
        Current = (start, _at);
        return _at > start;
    }

    private bool Quoted(byte quote)
    {
        int start = _at + 1;
        int length = start < _line.Length ? _line[start..].IndexOf(quote) : -1;
        if (length < 0)
            return false;
        Current = (start, start + length);
        _at = start + length + 1;
        return length > 0 || MoveNext();
    }

    // A backslash at the end of a line continues it.
    private void SkipSpaces()
    {
        while (_at < _line.Length && (_line[_at] is (byte)' ' or (byte)'\t' || _line[_at] == '\\' && _at + 1 < _line.Length && _line[_at + 1] is (byte)'\n' or (byte)'\r'))
            _at += _line[_at] == '\\' ? 2 : 1;
    }

    private static bool IsEnd(byte c) => c is (byte)'\n' or (byte)'\r' or (byte)';' or (byte)'|' or (byte)'&' or (byte)')' or (byte)'<' or (byte)'>';
}
