namespace Parley.Core.Redaction.Scanning;

/// <summary>How often bytes occur in transcripts, roughly: enough to choose the part of a needle that occurs least.</summary>
internal static class ByteFrequency
{
    private const string FromCommonToRare =
        " etasniorcdl\"\nphuf,mbg.0:'/-_1yx()w2vj=>349<\\k68T5AE7IS`#L*RN[C]OP{}DMUFqBHGW;|zVY+KZJ@X!?&Q%~$^";

    private static readonly double[] Cost = Costs();

    /// <summary>The relative likelihood of four bytes of a needle in text, were bytes independent.</summary>
    public static double Likelihood(Needle needle, int offset)
    {
        double product = 1;
        for (int p = 0; p < 4 && offset + p < needle.Text.Length; p++)
            product *= Of(needle.Text[offset + p], needle.IgnoreCase);
        return product;
    }

    /// <summary>The share of a byte, or of a letter in both cases.</summary>
    public static double Of(byte value, bool ignoreCase) =>
        ignoreCase && char.IsAsciiLetterLower((char)value) ? Cost[value] + Cost[value & ~0x20] : Cost[value];

    private static double[] Costs()
    {
        var costs = new double[256];
        for (int c = 0; c < costs.Length; c++)
            costs[c] = 0.0001;
        double share = 0.075;
        for (int i = 0; i < FromCommonToRare.Length; i++, share *= 0.942)
            costs[FromCommonToRare[i]] = share;
        return costs;
    }
}
