using System.Text;

namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>
/// The short top-level members of a line that can't be read as JSON because it is too long, too deep or malformed. It looks at quotes
/// and brackets only and takes the line in pieces, so that such a line still has its place in the conversation.
/// </summary>
internal sealed class LineSkeleton
{
    // Ids and timestamps are shorter; a longer string is passed over.
    private const int MaxStringBytes = 256;

    private static readonly HashSet<string> Wanted = ["type", "uuid", "parentUuid", "timestamp", "isSidechain"];

    private readonly Dictionary<string, string> _members = [];
    private readonly byte[] _string = new byte[MaxStringBytes];
    private int _stringLength;
    private int _depth;
    private bool _inString;
    private bool _escaped;
    private bool _afterColon;
    private string _name = "";

    public string? this[string member] => _members.GetValueOrDefault(member);

    /// <summary>Whether the line's object has been closed; what comes after it is not looked at.</summary>
    public bool IsClosed { get; private set; }

    public void Append(ReadOnlySpan<byte> piece)
    {
        while (!piece.IsEmpty && !IsClosed)
        {
            bool isDull = _depth > 1 && !_escaped;
            int next = isDull ? piece.IndexOfAny(_inString ? "\"\\"u8 : "\"{}[]"u8) : 0;
            if (next < 0)
                return;
            Step(piece[next]);
            piece = piece[(next + 1)..];
        }
    }

    private void Step(byte one)
    {
        if (_inString)
            StepInString(one);
        else if (one == '"')
            (_inString, _stringLength) = (true, 0);
        else if (one is (byte)'{' or (byte)'[')
            _depth++;
        else if (one is (byte)'}' or (byte)']')
            IsClosed = --_depth <= 0;
        else if (_depth == 1)
            StepBetween(one);
    }

    private void StepInString(byte one)
    {
        if (_escaped || one == '\\')
        {
            _escaped = !_escaped;
            _stringLength = MaxStringBytes + 1;
        }
        else if (one == '"')
            EndString();
        else if (_stringLength < MaxStringBytes)
            _string[_stringLength++] = one;
        else
            _stringLength = MaxStringBytes + 1;
    }

    private void EndString()
    {
        _inString = false;
        if (_depth != 1 || _stringLength > MaxStringBytes)
            return;
        string text = Encoding.UTF8.GetString(_string, 0, _stringLength);
        if (_afterColon)
            Keep(text);
        else
            _name = text;
    }

    private void Keep(string value)
    {
        if (Wanted.Contains(_name))
            _members[_name] = value;
    }

    private void StepBetween(byte one)
    {
        if (one == ':')
            _afterColon = true;
        else if (one == ',')
            (_afterColon, _name) = (false, "");
        else if (one == 't' && _afterColon)
            Keep("true");
    }
}
