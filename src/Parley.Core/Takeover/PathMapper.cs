using System.Text;

namespace Parley.Core.Takeover;

/// <summary>
/// Writes text with the folders of the machine where it was written replaced by those of this one. It works on bytes as they stand in a file,
/// so that paths in JSON, and in JSON within JSON, are found too.
/// </summary>
internal sealed class PathMapper
{
    private readonly PathForm[] _forms;
    private readonly int[] _next;

    public PathMapper(IEnumerable<PathForm> forms)
    {
        _forms = [.. forms.DistinctBy(form => Encoding.UTF8.GetString(form.Find)).OrderByDescending(form => form.Find.Length)];
        _next = new int[_forms.Length];
    }

    /// <summary>Writes a piece of text. A path that is cut by its end stays as it is.</summary>
    public void Write(ReadOnlySpan<byte> text, Stream output)
    {
        Array.Clear(_next);
        int copied = 0;
        for (int at = FindNext(text, 0, out PathForm? form); form is not null; at = FindNext(text, at, out form))
        {
            int end = at + form.Find.Length;
            if (!PathBounds.BeginsAt(text, at) || !(PathBounds.EndsAt(text, end) || (form.EndsAtHyphen && text[end] == '-')))
            {
                // A shorter form may stand at the same place.
                _next[Array.IndexOf(_forms, form)] = IndexOf(text, at + 1, form);
                continue;
            }
            output.Write(text[copied..at]);
            output.Write(form.Replacement);
            copied = at = form.TurnsSeparators ? TurnSeparators(text, end, form.Separator, output) : end;
        }
        output.Write(text[copied..]);
    }

    // The first place from here on where a form stands, the longest one there.
    private int FindNext(ReadOnlySpan<byte> text, int from, out PathForm? found)
    {
        found = null;
        int first = int.MaxValue;
        for (int i = 0; i < _forms.Length; i++)
        {
            if (_next[i] < from || _next[i] == 0)
                _next[i] = IndexOf(text, from, _forms[i]);
            if (_next[i] < first)
                (first, found) = (_next[i], _forms[i]);
        }
        return first;
    }

    private static int IndexOf(ReadOnlySpan<byte> text, int from, PathForm form) =>
        text[from..].IndexOf(form.Find) is var at and >= 0 ? from + at : int.MaxValue;

    private static int TurnSeparators(ReadOnlySpan<byte> text, int at, int length, Stream output)
    {
        while (PathBounds.BackslashesAt(text, at) == length && PathBounds.NameAt(text, at + length) is var name and > 0)
        {
            output.Write("/"u8);
            output.Write(text.Slice(at + length, name));
            at += length + name;
        }
        return at;
    }
}
