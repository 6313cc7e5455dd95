using System.Text;
using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction;

/// <summary>
/// Redacts text that arrives in pieces: what it gives out never holds a secret that was split over them. Of plain text it gives out every word once that is
/// whole; of anything else it keeps back the last part until enough follows, and more of it only while a word or a private key goes on.
/// </summary>
public sealed class DeltaRedactor(Redactor redactor)
{
    /// <summary>Characters that are kept back of what is not plain text: names and values further apart than this don't belong together.</summary>
    public const int KeptBack = 512;

    /// <summary>Characters that are kept back at most, when nothing in them tells where it is safe to cut.</summary>
    public const int MaxKeptBack = 65_536;

    private readonly StringBuilder _text = new();
    private int _given;
    private int _lookAgainAt;

    // A value of several words, which is known from elsewhere, is only found once all of it is there.
    private readonly bool _mayBePlain = redactor.Options is { ExtraValues.Count: 0, OwnRules.Count: 0 };
    private readonly int _longestName = redactor.Options.UserNames.Where(name => name.Contains(' ')).Select(name => name.Length).DefaultIfEmpty().Max();

    /// <summary>Takes the next piece.</summary>
    /// <returns>What is safe to show now, redacted; often empty.</returns>
    public string Append(string piece)
    {
        _text.Append(piece);
        // While nothing can be given out, it is looked at again only when it has grown by an eighth: a long run costs linear time.
        return _text.Length < _lookAgainAt ? "" : Give(isEnd: false);
    }

    /// <summary>Ends the text.</summary>
    /// <returns>All that was kept back, redacted.</returns>
    public string Flush()
    {
        string rest = Give(isEnd: true);
        _text.Clear();
        (_given, _lookAgainAt) = (0, 0);
        return rest;
    }

    private string Give(bool isEnd)
    {
        string text = _text.ToString();
        bool isForced = text.Length - _given > MaxKeptBack;
        // A word that may still go on is not looked at: part of a secret is not to be taken for one.
        string whole = isEnd || isForced ? text : text[..Math.Max(_given, EndOfWords(text))];
        byte[] bytes = Encoding.UTF8.GetBytes(whole);
        Pile<Edit> edits = redactor.Texts.Edits(bytes, default);
        int given = Bytes(whole, _given);
        int limit = isEnd ? bytes.Length
            : IsPlain(whole, edits, given) ? Math.Max(given, Bytes(whole, PlainText.EndOfWords(whole.AsSpan(0, Math.Max(0, whole.Length - _longestName)))))
            : Math.Max(given, Bytes(whole, text.Length - KeptBack));
        int cut = isEnd ? limit : SafeCut(bytes, given, limit, edits, isForced);
        string output = Write(bytes, given, cut, edits);
        Forget(text, Encoding.UTF8.GetCharCount(bytes, 0, cut));
        _lookAgainAt = cut > given ? 0 : text.Length + (text.Length - _given) / 8;
        return output;
    }

    // What is replaced for being personal is whole with its word; a secret may go on.
    private bool IsPlain(string whole, Pile<Edit> edits, int given)
    {
        foreach (Edit edit in edits)
            if (edit.End > given && edit.Replacement is null)
                return false;
        return _mayBePlain && !redactor.Texts.KnowsPhrases && PlainText.Holds(whole, whole.AsSpan(_given));
    }

    private static int Bytes(string text, int characters) => Encoding.UTF8.GetByteCount(text.AsSpan(0, Math.Clamp(characters, 0, text.Length)));

    private static int EndOfWords(string text)
    {
        int end = text.Length;
        while (end > 0 && text[end - 1] > ' ' && text[end - 1] < 0x80)
            end--;
        return end > 0 && char.IsHighSurrogate(text[end - 1]) ? end - 1 : end;
    }

    // The last place up to the limit that is neither within a word nor within a finding; where there is none for too long, the limit.
    private static int SafeCut(byte[] bytes, int given, int limit, Pile<Edit> edits, bool isForced)
    {
        int cut = limit;
        while (cut > given && !IsBreak(bytes, cut))
            cut--;
        foreach (Edit edit in edits)
        {
            if (edit.Start < cut && edit.End > cut)
                cut = isForced ? edit.End : edit.Start;
        }
        return cut <= given && isForced ? EndOfFinding(limit, edits) : Math.Max(cut, given);
    }

    private static int EndOfFinding(int at, Pile<Edit> edits)
    {
        foreach (Edit edit in edits)
            at = edit.Start < at && edit.End > at ? edit.End : at;
        return at;
    }

    private static bool IsBreak(byte[] bytes, int at) =>
        at == bytes.Length || bytes[at - 1] is (byte)' ' or (byte)'\n' || bytes[at - 1] >= 0x80 && (bytes[at] & 0xC0) != 0x80;

    private string Write(byte[] bytes, int from, int to, Pile<Edit> edits)
    {
        var output = new StringBuilder();
        int at = from;
        foreach (Edit edit in edits)
        {
            if (edit.Start < at || edit.Start >= to)
                continue;
            output.Append(Encoding.UTF8.GetString(bytes.AsSpan(at, edit.Start - at))).Append(redactor.Texts.Replace(edit, new Place("live text"), null));
            at = edit.End;
        }
        if (at < to)
            output.Append(Encoding.UTF8.GetString(bytes.AsSpan(at, to - at)));
        return output.ToString();
    }

    // Of what has been given out the last part stays, since it may hold the name of what comes next.
    private void Forget(string text, int cut)
    {
        int from = Math.Max(0, cut - KeptBack);
        _text.Clear().Append(text, from, text.Length - from);
        _given = cut - from;
    }
}
