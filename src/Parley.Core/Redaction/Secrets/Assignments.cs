using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction.Secrets;

/// <summary>
/// Recognises values by the name they are assigned to, in whatever notation: <c>NAME=value</c>, <c>"name": "value"</c>,
/// <c>--name value</c>, <c>&lt;name&gt;value&lt;/name&gt;</c>, <c>name: X, value: Y</c>, "the name is value".
/// </summary>
internal ref struct Assignments
{
    private int _judgedUpTo;

    /// <summary>Judges the identifier around a hit, once for all hits in it.</summary>
    public void Recognise(in Scene scene, int at)
    {
        if (at < _judgedUpTo)
            return;
        ReadOnlySpan<byte> text = scene.Text;
        int end = IdentifierEnd(text, at);
        _judgedUpTo = end;
        if (!Operator.TryRead(text, end, out Operator assigned))
            return;
        int start = IdentifierStart(text, at);
        Grade grade = NameGrader.Of(text[start..end]);
        if (grade <= Grade.Weak && Phrase(text, start) is var phrase && phrase < start)
            grade = (Grade)Math.Max((int)grade, (int)NameGrader.Of(text[phrase..end]));
        if (grade == Grade.None || !Value.TryRead(text, assigned, out Value value))
            return;
        ReadOnlySpan<byte> bytes = text[value.Start..value.End];
        if (Plausibility.IsSecret(bytes, assigned.IsVague ? Grade.Weak : grade, value.IsQuoted) && !(assigned.IsVague && grade == Grade.Weak))
            scene.Add(value.Start, value.End, RuleOf(grade), Certainty.Context);
    }

    /// <summary>Judges a whole text that stands under a name, as the string of a JSON member does.</summary>
    public static void JudgeWhole(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name, List<Match> found)
    {
        Grade grade = NameGrader.Of(name);
        if (grade != Grade.None && Plausibility.IsSecret(text, grade, quoted: true))
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
    private static int Phrase(ReadOnlySpan<byte> text, int start)
    {
        for (int words = 0; words < 2 && start > 1 && text[start - 1] == ' ' && char.IsAsciiLetter((char)text[start - 2]); words++)
            start = IdentifierStart(text, start - 1);
        return start;
    }

    private static bool IsName(byte c) => char.IsAsciiLetterOrDigit((char)c) || c is (byte)'_' or (byte)'-' or (byte)'.';
}
