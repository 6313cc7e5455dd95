using System.Buffers.Text;

namespace Parley.Core.Takeover.ClaudeCode;

/// <summary>Joins the chain of a conversation's lines where lines stay behind: what hung off one of them hangs off its nearest parent that comes along.</summary>
internal sealed class Relinking
{
    private const int QuotedLength = 38;

    // By the id of each line that stays behind, its parent's; empty for none.
    private readonly Dictionary<Guid, Guid> _left = [];

    /// <summary>What the beginnings of the conversation hang off, as a JSON string; empty for nothing.</summary>
    public byte[] Root { get; set; } = [];

    public void Leave(ReadOnlySpan<byte> uuid, ReadOnlySpan<byte> parent)
    {
        if (TryRead(uuid, out Guid id))
            _left[id] = TryRead(parent, out Guid of) ? of : Guid.Empty;
    }

    /// <summary>An id can stand in a file twice; the last line that has it counts.</summary>
    public void Keep(ReadOnlySpan<byte> uuid)
    {
        if (_left.Count > 0 && TryRead(uuid, out Guid id))
            _left.Remove(id);
    }

    /// <summary>Writes an id, or that of the line that stands for it.</summary>
    /// <param name="value">A JSON string, or null.</param>
    /// <param name="output">Where to.</param>
    public void Write(ReadOnlySpan<byte> value, Stream output)
    {
        if (!TryRead(value, out Guid id) || !_left.ContainsKey(id))
            output.Write(value);
        else if (Resolve(id) is var parent && parent != Guid.Empty)
            Write(parent, output);
        else
            output.Write(Root.Length > 0 ? Root : "null"u8);
    }

    /// <summary>The same for the parent of a line that may be a beginning.</summary>
    public void WriteParent(ReadOnlySpan<byte> value, Stream output)
    {
        if (Root.Length > 0 && value.SequenceEqual("null"u8))
            output.Write(Root);
        else
            Write(value, output);
    }

    /// <summary>Writes a JSON value with every id in it replaced so; in a list, those that have no line any more are left out.</summary>
    public void WriteAll(ReadOnlySpan<byte> json, Stream output)
    {
        while (NextLeft(json) is var at and >= 0)
        {
            bool isItem = !json[..at].TrimEnd((byte)' ').EndsWith(":"u8);
            int end = at + QuotedLength;
            if (!isItem)
            {
                output.Write(json[..at]);
                Write(json[at..end], output);
            }
            else if (json[end..].StartsWith(","u8))
            {
                output.Write(json[..at]);
                end++;
            }
            else
            {
                output.Write(json[..at].TrimEnd((byte)','));
            }
            json = json[end..];
        }
        output.Write(json);
    }

    private int NextLeft(ReadOnlySpan<byte> json)
    {
        for (int at = 0; at + QuotedLength <= json.Length; at++)
        {
            int quote = json[at..].IndexOf((byte)'"');
            if (quote < 0)
                return -1;
            at += quote;
            if (at + QuotedLength <= json.Length && TryRead(json.Slice(at, QuotedLength), out Guid id) && _left.ContainsKey(id))
                return at;
        }
        return -1;
    }

    // A stranger's lines may hang off each other in a circle.
    private Guid Resolve(Guid id)
    {
        for (int steps = 0; steps <= _left.Count && _left.TryGetValue(id, out Guid parent); steps++)
            id = parent;
        return _left.ContainsKey(id) ? Guid.Empty : id;
    }

    private static void Write(Guid id, Stream output)
    {
        Span<byte> text = stackalloc byte[QuotedLength];
        text[0] = text[^1] = (byte)'"';
        Utf8Formatter.TryFormat(id, text[1..], out _, 'D');
        output.Write(text);
    }

    private static bool TryRead(ReadOnlySpan<byte> value, out Guid id)
    {
        id = default;
        return value.Length == QuotedLength && value[0] == '"' && value[^1] == '"'
            && Utf8Parser.TryParse(value[1..^1], out id, out int read, 'D') && read == QuotedLength - 2;
    }
}
