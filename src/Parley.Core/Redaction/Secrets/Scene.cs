using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction.Secrets;

/// <summary>A text in which recognisers look around a hit, and where they put what they found.</summary>
internal readonly ref struct Scene(ReadOnlySpan<byte> text, LogicalText view, Pile<Match> found)
{
    public ReadOnlySpan<byte> Text { get; } = text;

    /// <summary>Whether a token may begin here: what stands before is no letter or digit, or does not belong to it.</summary>
    public bool IsStart(int at) => at == 0 || !IsWord(Text[at - 1]) || view.IsSeam(at) || EndsColour(at);

    /// <summary>Whether a token may end here.</summary>
    public bool IsEnd(int at) => at == Text.Length || !char.IsAsciiLetterOrDigit((char)Text[at]) || view.IsSeam(at);

    public void Add(int start, int end, string rule, Certainty certainty)
    {
        if (end > start)
            found.Add(new Match(start, end, rule, certainty));
    }

    private static bool IsWord(byte c) => char.IsAsciiLetterOrDigit((char)c) || c == '_';

    // "[32m" whose ESC was lost on the way.
    private bool EndsColour(int at)
    {
        if (Text[at - 1] != 'm')
            return false;
        int i = at - 2;
        while (i >= 0 && at - i < 12 && (char.IsAsciiDigit((char)Text[i]) || Text[i] == ';'))
            i--;
        return i >= 0 && i < at - 2 && Text[i] == '[';
    }
}
