namespace Parley.Core.Rendering.Code;

/// <summary>What SGR parameters have switched on so far.</summary>
internal struct AnsiStyle
{
    // Parameters after these are dropped; a real sequence has at most a dozen.
    private const int MaxParameters = 32;

    // Colours are kept as number + 1, so that zero is none.
    private int _front, _back;
    private bool _bold, _dim, _italic, _underline, _strike, _inverse;

    internal void Apply(ReadOnlySpan<char> parameters)
    {
        Span<int> codes = stackalloc int[MaxParameters];
        int count = 0;
        foreach (Range range in parameters.SplitAny(';', ':'))
        {
            if (count == MaxParameters)
                break;
            codes[count++] = Ansi.Parameter(parameters[range]);
        }
        codes = codes[..count];
        while (!codes.IsEmpty)
            codes = codes[Math.Min(codes.Length, ApplyFirst(codes))..];
    }

    /// <summary>Opens a span when there is anything to style; tells whether it did.</summary>
    internal readonly bool Open(HtmlWriter html)
    {
        (int front, int back) = _inverse ? (_back, _front) : (_front, _back);
        if (front == 0 && back == 0 && !(_bold || _dim || _italic || _underline || _strike || _inverse))
            return false;
        html.Markup("<span class=\""u8);
        if (front > 0)
            html.Markup("f"u8).Number(front - 1).Markup(" "u8);
        if (back > 0)
            html.Markup("b"u8).Number(back - 1).Markup(" "u8);
        if (_inverse && back == 0)
            html.Markup("inverse "u8);
        Flag(_bold, "bold "u8);
        Flag(_dim, "dim "u8);
        Flag(_italic, "italic "u8);
        Flag(_underline, "underline "u8);
        Flag(_strike, "strike "u8);
        html.Markup("sgr\">"u8);
        return true;

        void Flag(bool on, ReadOnlySpan<byte> name) => html.Markup(on ? name : default);
    }

    /// <summary>Applies the first parameter and says how many it took.</summary>
    private int ApplyFirst(ReadOnlySpan<int> codes)
    {
        switch (codes[0])
        {
            case 0: this = default; break;
            case 1: _bold = true; break;
            case 2: _dim = true; break;
            case 3: _italic = true; break;
            case 4: _underline = true; break;
            case 7: _inverse = true; break;
            case 9: _strike = true; break;
            case 22: _bold = _dim = false; break;
            case 23: _italic = false; break;
            case 24: _underline = false; break;
            case 27: _inverse = false; break;
            case 29: _strike = false; break;
            case >= 30 and <= 37: _front = codes[0] - 30 + 1; break;
            case 38: return Extended(codes, ref _front);
            case 39: _front = 0; break;
            case >= 40 and <= 47: _back = codes[0] - 40 + 1; break;
            case 48: return Extended(codes, ref _back);
            case 49: _back = 0; break;
            case >= 90 and <= 97: _front = codes[0] - 90 + 8 + 1; break;
            case >= 100 and <= 107: _back = codes[0] - 100 + 8 + 1; break;
        }
        return 1;
    }

    // 38;5;n and 38;2;r;g;b
    private static int Extended(ReadOnlySpan<int> codes, ref int colour)
    {
        if (codes is [_, 5, var n, ..])
        {
            colour = n is >= 0 and <= 255 ? n + 1 : colour;
            return 3;
        }
        if (codes is [_, 2, >= 0 and <= 255 and var r, >= 0 and <= 255 and var g, >= 0 and <= 255 and var b, ..])
        {
            colour = Ansi.Nearest(r, g, b) + 1;
            return 5;
        }
        return codes.Length;
    }
}
