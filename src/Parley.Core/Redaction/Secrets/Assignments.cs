using System.Text;
using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction.Secrets;

/// <summary>
/// Recognises values by the name they are assigned to, in whatever notation: <c>NAME=value</c>, <c>"name": "value"</c>,
/// <c>--name value</c>, <c>&lt;name&gt;value&lt;/name&gt;</c>, <c>name: X, value: Y</c>, "the name is value".
/// </summary>
internal ref struct Assignments
{
    private const int MaxWords = 4;
    private const int MaxStatement = 256;

    private int _judgedUpTo;
    private int _longUpTo;

    /// <summary>Judges the identifier around a hit, once for all hits in it.</summary>
    public void Recognise(in Scene scene, int at)
    {
        if (at < _judgedUpTo)
            return;
        ReadOnlySpan<byte> text = scene.Text;
        int end = IdentifierEnd(text, at);
        _judgedUpTo = end;
        int start = IdentifierStart(text, at);
        if (IsUserInfo(text, start) || IsMarker(text, start) || IsTestResult(text, start, end) || !Operator.TryRead(text, start, end, out Operator assigned))
            return;
        // "Pass HTTP_FLAG_2 on"
        if (assigned.Link == Link.Vague && end - start == "pass".Length)
            return;
        Grade grade = GradeOf(text, start, end);
        if (grade == Grade.None || assigned.Value < _longUpTo || !Value.TryRead(text, assigned, out Value value))
            return;
        // What follows in a run that is too long for a value is too long as well, or its end; it is not read again and again.
        if (value.End - value.Start >= Plausibility.MaxLength)
            _longUpTo = value.End;
        if (grade == Grade.Password && (IsApplicationPassword(text[value.Start..value.End]) || IsShell(text, start, end, assigned, value) && Plausibility.IsPhrase(text[value.Start..value.End])))
            scene.Add(value.Start, value.End, RuleOf(grade), Certainty.Context);
        else
            Judge(scene, value, grade, assigned.Link);
    }

    // Four groups of four letters, as mail providers show them: "abcd efgh ijkl mnop"
    private static bool IsApplicationPassword(ReadOnlySpan<byte> value)
    {
        if (value.Length != 19)
            return false;
        for (int i = 0; i < value.Length; i++)
        {
            if (i % 5 == 4 ? value[i] != ' ' : !char.IsAsciiLetterLower((char)value[i]))
                return false;
        }
        return true;
    }

    // NAME='…' and --name '…'
    private static bool IsShell(ReadOnlySpan<byte> text, int start, int end, Operator assigned, Value value) =>
        value.IsQuoted && value.End < text.Length && text[value.End] == text[value.Start - 1]
        && (text[start] == '-' || text[end] == '=' && value.Start == end + 2 && !text[start..end].ContainsAnyInRange((byte)'a', (byte)'z'));

    public static void RecogniseIdentifiedBy(in Scene scene, int at)
    {
        if (Value.TryRead(scene.Text, new Operator(Link.Argument, at + "identified by ".Length), out Value value) && (value.IsQuoted || IsStatement(scene.Text[Math.Max(0, at - MaxStatement)..at])))
            Judge(scene, value, Grade.Password, Link.Argument);
    }

    // ALTER USER jane IDENTIFIED BY X, GRANT … TO jane IDENTIFIED BY X; but not "the document identified by URL"
    private static bool IsStatement(ReadOnlySpan<byte> before)
    {
        TakeWord(ref before);
        ReadOnlySpan<byte> word = TakeWord(ref before);
        return Ascii.EqualsIgnoreCase(word, "user"u8) || Ascii.EqualsIgnoreCase(word, "role"u8) || Ascii.EqualsIgnoreCase(word, "to"u8);
    }

    private static ReadOnlySpan<byte> TakeWord(ref ReadOnlySpan<byte> text)
    {
        text = text.TrimEnd(" \t\r\n"u8);
        int start = text.LastIndexOfAny(" \t\r\n"u8) + 1;
        ReadOnlySpan<byte> word = text[start..];
        text = text[..start];
        return word;
    }

    private static Grade GradeOf(ReadOnlySpan<byte> text, int start, int end)
    {
        Grade grade = NameGrader.Of(text[start..end]);
        if (grade is Grade.Strong or Grade.Password)
            return grade;
        int phrase = PhraseStart(text, start);
        return phrase == start ? grade : (Grade)Math.Max((int)grade, (int)NameGrader.Of(text[phrase..end]));
    }

    private static void Judge(in Scene scene, Value value, Grade grade, Link link)
    {
        ReadOnlySpan<byte> bytes = scene.Text[value.Start..value.End];
        if (HoldsAssignment(bytes))
            return;
        if (Plausibility.IsSecret(bytes, grade, link, value.IsQuoted))
            scene.Add(value.Start, value.End, RuleOf(grade), Certainty.Context);
        else if (value.IsQuoted && bytes.Contains((byte)' '))
            JudgeWords(scene, value, grade);
    }

    // "Bearer X", "AQAAABAAA X": a few words of which one is the secret.
    private static void JudgeWords(in Scene scene, Value value, Grade grade)
    {
        ReadOnlySpan<byte> bytes = scene.Text[value.Start..value.End];
        if (bytes.Count((byte)' ') > MaxWords)
            return;
        foreach (Range range in bytes.Split((byte)' '))
        {
            (int start, int end) = (value.Start + range.Start.Value, value.Start + range.End.Value);
            while (start < end && scene.Text[start] is (byte)'{' or (byte)'(')
                start++;
            while (start < end && scene.Text[end - 1] is (byte)'}' or (byte)')')
                end--;
            if (Plausibility.IsSecret(scene.Text[start..end], grade, Link.Vague, quoted: true))
                scene.Add(start, end, RuleOf(grade), Certainty.Context);
        }
    }

    // "TOKEN=x" as a value: the name in it says more, and has a hit of its own.
    private static bool HoldsAssignment(ReadOnlySpan<byte> value)
    {
        int equals = value.IndexOf((byte)'=');
        return equals > 2 && equals < value.Length - 2 && value[equals + 1] != '=' && NameGrader.Of(value[..equals]) >= Grade.Strong;
    }

    // The name of a rule in [REDACTED:rule].
    private static bool IsMarker(ReadOnlySpan<byte> text, int start) => text[..start].EndsWith("[REDACTED:"u8);

    // "PASS: name of a test"
    private static bool IsTestResult(ReadOnlySpan<byte> text, int start, int end) => text[start..end].SequenceEqual("PASS"u8) && text[end..].StartsWith(": "u8);

    // https://x-access-token:…@host is the business of Urls.
    private static bool IsUserInfo(ReadOnlySpan<byte> text, int start) => start >= 3 && text[(start - 3)..start].SequenceEqual("://"u8);

    /// <summary>Judges a whole text that stands under a name, as the string of a JSON member does.</summary>
    public static void JudgeWhole(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name, Pile<Match> found)
    {
        Grade grade = NameGrader.Of(name);
        if (grade != Grade.None && Plausibility.IsSecret(text, grade, Link.Assignment, quoted: true))
            found.Add(new Match(0, text.Length, RuleOf(grade), Certainty.Context));
    }

    private static string RuleOf(Grade grade) => grade == Grade.Password ? "password" : "secret";

    private static int IdentifierStart(ReadOnlySpan<byte> text, int at)
    {
        int limit = Math.Max(0, at - NameGrader.MaxLength);
        while (at > limit && IsName(text[at - 1]))
            at--;
        return at;
    }

    private static int IdentifierEnd(ReadOnlySpan<byte> text, int at)
    {
        int limit = Math.Min(text.Length, at + NameGrader.MaxLength);
        while (at < limit && IsName(text[at]))
            at++;
        while (text[at - 1] is (byte)'.' or (byte)'-')
            at--;
        return at;
    }

    // "Secret Access Key": up to two words before, on the same line, each one space away.
    private static int PhraseStart(ReadOnlySpan<byte> text, int start)
    {
        for (int words = 0; words < 2 && start > 1 && text[start - 1] == ' ' && char.IsAsciiLetter((char)text[start - 2]); words++)
            start = IdentifierStart(text, start - 1);
        return start;
    }

    private static bool IsName(byte c) => char.IsAsciiLetterOrDigit((char)c) || c is (byte)'_' or (byte)'-' or (byte)'.';
}
