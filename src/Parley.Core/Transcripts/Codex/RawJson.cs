using Parley.Core.Transcripts.ClaudeCode;

namespace Parley.Core.Transcripts.Codex;

/// <summary>Members and items of JSON text as slices of it; what is missing, malformed or of another form is empty.</summary>
internal static class RawJson
{
    /// <summary>The value of an object's first member of this name.</summary>
    public static ReadOnlySpan<byte> Member(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name)
    {
        var scanner = new JsonScanner(json);
        if (!scanner.TryEnter((byte)'{'))
            return default;
        for (bool isFirst = true; scanner.NextMember(ref isFirst, out ReadOnlySpan<byte> member);)
        {
            ReadOnlySpan<byte> value = scanner.Skip();
            if (member.SequenceEqual(name))
                return value;
        }
        return default;
    }

    /// <summary>The items of an array.</summary>
    public static List<Range> Items(ReadOnlySpan<byte> json)
    {
        var items = new List<Range>();
        var scanner = new JsonScanner(json);
        if (!scanner.TryEnter((byte)'['))
            return items;
        for (bool isFirst = true; scanner.NextItem(ref isFirst);)
        {
            int start = scanner.NextPosition;
            if (scanner.Skip().IsEmpty)
                break;
            items.Add(start..scanner.Position);
        }
        return items;
    }

    /// <summary>The whole number that a value is; 0 for anything else.</summary>
    public static long Integer(ReadOnlySpan<byte> value) =>
        System.Buffers.Text.Utf8Parser.TryParse(value, out long number, out int read) && read == value.Length ? number : 0;

    /// <summary>The text of a string; null for anything else.</summary>
    public static string? Text(ReadOnlySpan<byte> value) => value.Length >= 2 && value[0] == '"' ? JsonString.Decode(value) : null;
}
